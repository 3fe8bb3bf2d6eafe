package io.scopegate.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/** An authority of its own that issues certificates for tests. Safe from any thread. */
public final class TestAuthority {
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final char[] NO_PASSWORD = {};

  private final X509Bundle root;

  /** Makes one with a new key. */
  public TestAuthority(String name) {
    this.root =
        built(() -> template("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned());
  }

  private interface Building {
    X509Bundle build() throws Exception;
  }

  private static X509Bundle built(Building building) {
    try {
      return building.build();
    } catch (Exception e) {
      throw new AssertionError("a certificate cannot be made", e);
    }
  }

  private static CertificateBuilder template(String subject) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new CertificateBuilder()
        .subject(subject)
        .ecp256()
        .notBefore(now.minus(1, ChronoUnit.DAYS))
        .notAfter(now.plus(30, ChronoUnit.DAYS));
  }

  /** Issues a certificate for servers of these names. */
  public X509Bundle server(String... names) {
    return issue(
        "CN=" + names[0],
        builder ->
            builder
                .addExtensionOctetString(ALTERNATIVE_NAMES, false, alternatives(names))
                .addExtendedKeyUsageServerAuth());
  }

  /** The builder of certificates takes no wildcard. */
  private static byte[] alternatives(String... names) {
    GeneralName[] all = new GeneralName[names.length + 1];
    for (int i = 0; i < names.length; i++) {
      all[i] = new GeneralName(GeneralName.dNSName, names[i]);
    }
    all[names.length] = new GeneralName(GeneralName.iPAddress, "127.0.0.1");
    try {
      return new GeneralNames(all).getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Issues any certificate. */
  public X509Bundle issue(String subject, UnaryOperator<CertificateBuilder> change) {
    return built(() -> change.apply(template(subject)).buildIssuedBy(root));
  }

  /** Writes the certificate of the authority; returns the file. */
  public Path write(Path file) throws IOException {
    return Files.writeString(file, root.getCertificatePEM());
  }

  /** Writes a certificate and its key to {@code name.crt} and {@code name.key}. */
  public static KeyFiles write(Path folder, String name, X509Bundle bundle) throws IOException {
    Path certificate = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    replace(certificate, bundle.getCertificatePathPEM());
    replace(key, bundle.getPrivateKeyPEM());
    return new KeyFiles(certificate, key, Optional.empty());
  }

  /** Writes a certificate and its key, which is encrypted as PKCS #8 with PBES2. */
  public static void writeEncrypted(Path folder, String name, X509Bundle bundle, String passphrase)
      throws IOException {
    write(folder, name, bundle);
    replace(folder.resolve(name + ".key"), encrypted(bundle, passphrase));
  }

  static String encrypted(X509Bundle bundle, String passphrase) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(
          new JcaPKCS8Generator(
              bundle.getKeyPair().getPrivate(),
              new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                  .setProvider(new BouncyCastleProvider())
                  .setPassword(passphrase.toCharArray())
                  .build()));
    } catch (OperatorCreationException e) {
      throw new AssertionError(e);
    }
    return text.toString();
  }

  private static void replace(Path file, String content) throws IOException {
    Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Returns what trusts this authority alone. */
  public TrustManager[] trust() {
    return root.toTrustManagerFactory().getTrustManagers();
  }

  /** Returns what a client needs that trusts this authority alone. */
  public SSLContext client() {
    return context(null);
  }

  /** Returns what a client or a server needs that shows this certificate. */
  public SSLContext showing(X509Bundle certificate) {
    try {
      KeyStore store = certificate.toKeyStore(NO_PASSWORD);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      return context(keys.getKeyManagers());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private SSLContext context(KeyManager @Nullable [] keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
