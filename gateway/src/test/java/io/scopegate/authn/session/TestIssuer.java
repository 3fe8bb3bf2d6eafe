package io.scopegate.authn.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * An issuer on loopback, with keys of its own: it signs, publishes its keys, answers for opaque
 * tokens, and can be slow or away. Safe from any thread.
 */
public final class TestIssuer implements AutoCloseable {
  /** Generating an RSA key takes long; one is enough for all tests. */
  private static final RSAKey RSA = rsa();

  private final HttpServer server;
  private final String origin;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<JWK> published = new CopyOnWriteArrayList<>();
  private final Map<String, String> opaque = new ConcurrentHashMap<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final AtomicInteger keyFetches = new AtomicInteger();
  private final AtomicInteger questions = new AtomicInteger();
  private final ECKey elliptic = ec("es1");
  private volatile String foreign = "";
  private volatile boolean away;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private TestIssuer(HttpServer server, String origin) {
    this.server = server;
    this.origin = origin + ":" + server.getAddress().getPort();
    published.add(RSA);
    published.add(elliptic);
  }

  /** Starts one. */
  public static TestIssuer start() throws IOException {
    return start(HttpServer.create(anyPort(), 0), "http://127.0.0.1");
  }

  /** Starts one that shows a certificate for {@code localhost}. */
  public static TestIssuer secured(SSLContext certificate) throws IOException {
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate));
    return start(server, "https://localhost");
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static TestIssuer start(HttpServer server, String origin) {
    TestIssuer issuer = new TestIssuer(server, origin);
    server.createContext("/.well-known/openid-configuration", issuer::discovery);
    server.createContext("/keys", issuer::keys);
    server.createContext("/introspect", issuer::introspection);
    server.setExecutor(issuer.threads);
    server.start();
    return issuer;
  }

  private static RSAKey rsa() {
    try {
      return new RSAKeyGenerator(2048).keyID("rs1").generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns a new key. */
  static ECKey ec(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private void discovery(HttpExchange exchange) throws IOException {
    answer(exchange, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(url(), url()));
  }

  private void keys(HttpExchange exchange) throws IOException {
    keyFetches.incrementAndGet();
    answer(
        exchange,
        foreign.isEmpty() ? new JWKSet(new ArrayList<>(published)).toString(true) : foreign);
  }

  private void introspection(HttpExchange exchange) throws IOException {
    questions.incrementAndGet();
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String token = body.substring("token=".length(), body.indexOf('&'));
    answer(
        exchange,
        opaque.getOrDefault(
            URLDecoder.decode(token, StandardCharsets.UTF_8), "{\"active\":false}"));
  }

  private void answer(HttpExchange exchange, String body) throws IOException {
    try (exchange) {
      if (!gate.await(20, TimeUnit.SECONDS)) {
        throw new IOException("nobody opened the gate");
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(away ? 503 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns what it calls itself. */
  public String url() {
    return origin;
  }

  /** Signs claims with its RSA key. */
  public String rsaToken(Map<String, Object> claims) {
    return signed(RSA, JWSAlgorithm.RS256, "at+jwt", claims);
  }

  /** Signs claims with its elliptic key. */
  public String ecToken(Map<String, Object> claims) {
    return signed(elliptic, JWSAlgorithm.ES256, "at+jwt", claims);
  }

  /** Signs claims. */
  static String signed(JWK key, JWSAlgorithm algorithm, String type, Map<String, Object> claims) {
    try {
      JWSSigner signer =
          key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner((RSAKey) key);
      JWSHeader header =
          new JWSHeader.Builder(algorithm)
              .keyID(key.getKeyID())
              .type(new JOSEObjectType(type))
              .build();
      JWSObject token = new JWSObject(header, new Payload(StrictJson.text(claims)));
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** Publishes these keys and no others. */
  void publish(JWK... keys) {
    published.clear();
    published.addAll(List.of(keys));
  }

  /** Publishes this key set instead of its own keys. */
  public void publish(String keySet) {
    foreign = keySet;
  }

  /** Publishes its elliptic key alone from now on. */
  public void withdrawRsaKey() {
    publish(elliptic);
  }

  /** Returns its RSA key. */
  RSAKey rsaKey() {
    return RSA;
  }

  /** Returns its elliptic key. */
  ECKey ecKey() {
    return elliptic;
  }

  /** Answers for an opaque token with these JSON members. */
  public void knows(String token, String answer) {
    opaque.put(token, answer);
  }

  /** Forgets an opaque token. */
  public void forgets(String token) {
    opaque.remove(token);
  }

  /** Answers with errors from now on, or no longer. */
  void away(boolean whether) {
    away = whether;
  }

  /** Answers nothing until the latch is open. */
  public void holdUntil(CountDownLatch latch) {
    gate = latch;
  }

  /** Counts how often its keys were fetched. */
  public int keyFetches() {
    return keyFetches.get();
  }

  /** Counts how often it was asked about tokens. */
  public int questions() {
    return questions.get();
  }

  /** Returns how those who asked made themselves known. */
  List<String> authorizations() {
    return authorizations;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        throw new UncheckedIOException(new IOException("the issuer does not end"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
