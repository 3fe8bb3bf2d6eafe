package io.scopegate.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads private keys in the forms that tools write: PKCS #8, PKCS #1 and SEC 1. Immutable. */
final class PrivateKeys {
  private static final String PBES2 = "PBES2";
  private static final String PBES2_OID = "1.2.840.113549.1.5.13";

  private PrivateKeys() {}

  /** Returns the one key of a file. */
  static PrivateKey read(Path path, Optional<String> passphrase) throws TlsFileException {
    List<PemFile.Block> keys =
        PemFile.read(path).blocks().stream()
            .filter(block -> block.label().endsWith("PRIVATE KEY"))
            .collect(Collectors.toList());
    if (keys.isEmpty()) {
      throw new TlsFileException(path, "has no private key in PEM");
    }
    if (keys.size() > 1) {
      throw new TlsFileException(path, "has more than one private key");
    }
    PemFile.Block key = keys.get(0);
    boolean encrypted = key.label().equals("ENCRYPTED PRIVATE KEY");
    if (encrypted && passphrase.isEmpty()) {
      throw new TlsFileException(path, "is encrypted and there is no `passphrase`");
    }
    if (!encrypted && passphrase.isPresent()) {
      throw new TlsFileException(path, "is not encrypted, but there is a `passphrase`");
    }
    return switch (key.label()) {
      case "PRIVATE KEY" -> ofPkcs8(path, key.content());
      case "RSA PRIVATE KEY" -> ofPkcs8(path, Der.pkcs8OfRsa(key.content()));
      case "EC PRIVATE KEY" ->
          ofPkcs8(
              path,
              Der.pkcs8OfEc(key.content())
                  .orElseThrow(
                      () -> new TlsFileException(path, "does not say which curve its key is on")));
      case "ENCRYPTED PRIVATE KEY" -> decrypted(path, key.content(), passphrase.orElseThrow());
      default -> throw notSupported(path);
    };
  }

  private static PrivateKey ofPkcs8(Path path, byte[] content) throws TlsFileException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(content);
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // One of the other kind, or none at all.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has RSA and EC", e);
      }
    }
    throw notSupported(path);
  }

  private static TlsFileException notSupported(Path path) {
    return new TlsFileException(path, "has no private key of RSA or EC that can be read");
  }

  private static PrivateKey decrypted(Path path, byte[] content, String passphrase)
      throws TlsFileException {
    PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray());
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(content);
      String named = info.getAlgName();
      boolean pbes2 = named.equals(PBES2) || named.equals(PBES2_OID);
      // PBES2 names what it is made of in its parameters only, and their text is that name.
      String algorithm = pbes2 ? info.getAlgParameters().toString() : named;
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(spec),
          info.getAlgParameters());
      return ofPkcs8(path, info.getKeySpec(cipher).getEncoded());
    } catch (TlsFileException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new TlsFileException(path, "cannot be decrypted with this `passphrase`", e);
    } catch (IOException e) {
      throw notSupported(path);
    } finally {
      spec.clearPassword();
    }
  }
}
