package io.scopegate.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A certificate with those that lead to its authority and its private key, read from files and
 * checked to fit. Immutable.
 *
 * @param chain the certificate itself first
 */
public record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
  private static final int MIN_RSA_BITS = 2048;
  private static final int DNS_NAME = 2;

  /** Copies what it is given. */
  public CertifiedKey {
    chain = List.copyOf(chain);
  }

  /**
   * Reads a certificate and its key.
   *
   * @throws TlsFileException if one cannot be used, or they do not belong together
   */
  public static CertifiedKey read(KeyFiles files) throws TlsFileException {
    List<X509Certificate> chain = certificates(files.certificate());
    PrivateKey key = PrivateKeys.read(files.key(), files.passphrase());
    if (!isKeyOf(chain.get(0).getPublicKey(), key)) {
      throw new TlsFileException(
          files.key(), "has another key than the certificate in `" + files.certificate() + "`");
    }
    return new CertifiedKey(chain, key);
  }

  /**
   * Reads a certificate and its key, which must be valid at this moment.
   *
   * @throws TlsFileException if one cannot be used, or they do not belong together
   */
  public static CertifiedKey read(KeyFiles files, Instant now) throws TlsFileException {
    CertifiedKey read = read(files);
    X509Certificate certificate = read.chain().get(0);
    if (now.isAfter(read.expires())) {
      throw new TlsFileException(files.certificate(), "expired on " + read.expires());
    }
    Instant begins = certificate.getNotBefore().toInstant();
    if (now.isBefore(begins)) {
      throw new TlsFileException(files.certificate(), "is not valid before " + begins);
    }
    return read;
  }

  /**
   * Reads the certificates of authorities.
   *
   * @throws TlsFileException if there is none, or one cannot be read
   */
  public static List<X509Certificate> authorities(Path path) throws TlsFileException {
    return certificates(path);
  }

  private static List<X509Certificate> certificates(Path path) throws TlsFileException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemFile.Block block : PemFile.read(path).blocks()) {
      if (block.label().equals("CERTIFICATE")) {
        certificates.add(certificate(path, block.content()));
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsFileException(path, "has no certificate in PEM");
    }
    return certificates;
  }

  private static X509Certificate certificate(Path path, byte[] content) throws TlsFileException {
    X509Certificate certificate;
    try {
      certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(content));
    } catch (CertificateException e) {
      throw new TlsFileException(path, "has a certificate that cannot be read", e);
    }
    if (certificate.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new TlsFileException(path, "has a key of less than " + MIN_RSA_BITS + " bits");
    }
    return certificate;
  }

  private static boolean isKeyOf(PublicKey publicKey, PrivateKey key) {
    if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    byte[] text = "whose key is it".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(text);
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(text);
      return verifier.verify(signer.sign());
    } catch (GeneralSecurityException e) {
      return false; // on other curves, say
    }
  }

  /** Returns when the certificate ends. */
  public Instant expires() {
    return chain.get(0).getNotAfter().toInstant();
  }

  /** Returns the names that the certificate is for, in lower case, wildcards among them. */
  List<String> names() {
    return alternatives(chain.get(0), DNS_NAME).stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .toList();
  }

  /** Returns the alternative names of one kind (RFC 5280 §4.2.1.6) that are texts. */
  static List<String> alternatives(X509Certificate certificate, int kind) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      if (name.get(0).equals(kind) && name.get(1) instanceof String text) {
        found.add(text);
      }
    }
    return found;
  }

  /** Says whether the other is the same certificate with the same key. */
  boolean isSame(CertifiedKey other) {
    return chain.equals(other.chain) && Arrays.equals(key.getEncoded(), other.key.getEncoded());
  }

  @Override
  public String toString() {
    return "CertifiedKey[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
