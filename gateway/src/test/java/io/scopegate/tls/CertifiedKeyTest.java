package io.scopegate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertifiedKeyTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");
  private static final X509Bundle EC = AUTHORITY.server("ec.example.com");
  private static final X509Bundle RSA =
      AUTHORITY.issue("CN=rsa", builder -> builder.rsa2048().addSanDnsName("rsa.example.com"));

  @TempDir private Path folder;

  private static String pem(PemObjectGenerator content) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(content);
    }
    return text.toString();
  }

  private static byte[] inner(X509Bundle bundle) throws IOException {
    return PrivateKeyInfo.getInstance(bundle.getKeyPair().getPrivate().getEncoded())
        .parsePrivateKey()
        .toASN1Primitive()
        .getEncoded();
  }

  private KeyFiles files(X509Bundle bundle, String key) throws IOException {
    return files(bundle, key, Optional.empty());
  }

  private KeyFiles files(X509Bundle bundle, String key, Optional<String> passphrase)
      throws IOException {
    Path certificate = Files.writeString(folder.resolve("tls.crt"), bundle.getCertificatePathPEM());
    return new KeyFiles(certificate, Files.writeString(folder.resolve("tls.key"), key), passphrase);
  }

  private static PrivateKey key(KeyFiles files) throws TlsFileException {
    return CertifiedKey.read(files, Instant.now()).key();
  }

  @Test
  void a_key_in_pkcs_8_is_read() throws Exception {
    assertThat(key(files(EC, EC.getPrivateKeyPEM()))).isEqualTo(EC.getKeyPair().getPrivate());
    assertThat(key(files(RSA, RSA.getPrivateKeyPEM()))).isEqualTo(RSA.getKeyPair().getPrivate());
  }

  @Test
  void an_rsa_key_in_pkcs_1_is_read() throws Exception {
    String text = pem(new PemObject("RSA PRIVATE KEY", inner(RSA)));
    assertThat(key(files(RSA, text))).isEqualTo(RSA.getKeyPair().getPrivate());
  }

  @Test
  void an_ec_key_in_sec_1_is_read_if_it_says_its_curve() throws Exception {
    org.bouncycastle.asn1.sec.ECPrivateKey plain =
        org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(inner(EC));
    byte[] named =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
                256, plain.getKey(), X9ObjectIdentifiers.prime256v1)
            .getEncoded();
    String text =
        pem(new PemObject("EC PARAMETERS", X9ObjectIdentifiers.prime256v1.getEncoded()))
            + pem(new PemObject("EC PRIVATE KEY", named));
    assertThat(((ECPrivateKey) key(files(EC, text))).getS()).isEqualTo(plain.getKey());
    byte[] nameless = new org.bouncycastle.asn1.sec.ECPrivateKey(256, plain.getKey()).getEncoded();
    fails(
        () -> key(files(EC, pem(new PemObject("EC PRIVATE KEY", nameless)))),
        "does not say which curve its key is on");
  }

  @Test
  void an_encrypted_key_is_read_with_its_passphrase_alone() throws Exception {
    String text = TestAuthority.encrypted(RSA, "open sesame");
    assertThat(key(files(RSA, text, Optional.of("open sesame"))))
        .isEqualTo(RSA.getKeyPair().getPrivate());
    fails(
        () -> key(files(RSA, text, Optional.of("open"))),
        "cannot be decrypted with this `passphrase`");
    fails(() -> key(files(RSA, text)), "is encrypted and there is no `passphrase`");
    fails(
        () -> key(files(RSA, RSA.getPrivateKeyPEM(), Optional.of("x"))),
        "is not encrypted, but there is a `passphrase`");
    fails(
        () ->
            key(
                files(
                    RSA,
                    """
                    -----BEGIN RSA PRIVATE KEY-----
                    Proc-Type: 4,ENCRYPTED
                    -----END RSA PRIVATE KEY-----
                    """)),
        "is encrypted in an old form; rewrite it with `openssl pkcs8 -topk8`");
  }

  @Test
  void a_key_of_another_certificate_is_refused() {
    X509Bundle other = AUTHORITY.server("other.example.com");
    fails(
        () -> key(files(EC, other.getPrivateKeyPEM())),
        "has another key than the certificate in `" + folder.resolve("tls.crt") + "`");
    fails(
        () -> key(files(EC, RSA.getPrivateKeyPEM())),
        "has another key than the certificate in `" + folder.resolve("tls.crt") + "`");
  }

  @Test
  void a_certificate_that_is_not_valid_now_is_refused() throws Exception {
    KeyFiles files = files(EC, EC.getPrivateKeyPEM());
    Instant ends = EC.getCertificate().getNotAfter().toInstant();
    Instant begins = EC.getCertificate().getNotBefore().toInstant();
    fails(() -> CertifiedKey.read(files, ends.plusSeconds(1)), "expired on " + ends);
    fails(() -> CertifiedKey.read(files, begins.minusSeconds(1)), "is not valid before " + begins);
    assertThat(CertifiedKey.read(files, ends).expires()).isEqualTo(ends);
  }

  @Test
  void what_is_no_certificate_or_key_is_told() {
    fails(() -> key(files(EC, "garbage")), "has no private key in PEM");
    fails(
        () -> key(files(EC, EC.getPrivateKeyPEM() + EC.getPrivateKeyPEM())),
        "has more than one private key");
    fails(
        () -> key(files(EC, "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n")),
        "is not PEM: its content is not base64");
    fails(
        () -> key(files(EC, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")),
        "has no private key of RSA or EC that can be read");
    fails(
        () -> key(new KeyFiles(folder.resolve("none"), folder.resolve("none"), Optional.empty())),
        "does not exist");
    fails(
        () ->
            CertifiedKey.authorities(
                Files.writeString(folder.resolve("ca"), RSA.getPrivateKeyPEM())),
        "has no certificate in PEM");
    fails(
        () ->
            CertifiedKey.authorities(
                Files.writeString(
                    folder.resolve("ca"),
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")),
        "has a certificate that cannot be read");
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateBuilder.Algorithm.class,
      names = {"ecp256", "ecp384", "rsa2048", "rsa3072"})
  void the_usual_algorithms_are_read(CertificateBuilder.Algorithm algorithm) throws Exception {
    X509Bundle bundle = AUTHORITY.issue("CN=any", builder -> builder.algorithm(algorithm));
    assertThat(key(files(bundle, bundle.getPrivateKeyPEM()))).isNotNull();
  }

  @Test
  void no_passphrase_is_printed() throws Exception {
    assertThat(files(RSA, "", Optional.of("open sesame")).toString()).doesNotContain("sesame");
  }

  private static void fails(ThrowingCallable reading, String fault) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            TlsFileException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(fault);
              assertThat(e).hasMessage("the file `" + e.file() + "` " + fault);
            });
  }
}
