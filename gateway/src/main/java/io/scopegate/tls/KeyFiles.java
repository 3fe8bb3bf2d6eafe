package io.scopegate.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a certificate and its key are read from. Immutable.
 *
 * @param certificate the certificate and, after it, those that lead to its authority, in PEM
 * @param key its private key in PEM
 * @param passphrase what the key is encrypted with, if it is
 */
public record KeyFiles(Path certificate, Path key, Optional<String> passphrase) {
  @Override
  public String toString() {
    return "KeyFiles[" + certificate + ", " + key + "]";
  }
}
