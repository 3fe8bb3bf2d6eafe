package io.scopegate.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** A file of certificates or keys that cannot be used. Immutable. */
public final class TlsFileException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Path file;
  private final String fault;

  TlsFileException(Path file, String fault) {
    super("the file `" + file + "` " + fault);
    this.file = file;
    this.fault = fault;
  }

  TlsFileException(Path file, String fault, GeneralSecurityException cause) {
    this(file, fault);
    initCause(cause);
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns what is wrong with it, to be put after its name, such as {@code has no key}. */
  public String fault() {
    return fault;
  }
}
