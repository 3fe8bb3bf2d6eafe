package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.endpoint.Json;
import io.scopegate.proxy.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tokens are revoked over HTTP while they are used over HTTP. */
class RevocationUnderLoadTest {
  private static final int THREADS = 3;

  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read }
      roles: { organization: { MEMBER: { grants: [work:read] } } }
      places: { organization: [{ path: org }] }
      backend: core
      routes: [{ match: "GET /orgs/{org}", require: work:read }]
      """;

  @TempDir private Path folder;
  private final AtomicBoolean over = new AtomicBoolean();

  /** What was sent with a token. */
  private record Counts(int allowed, int refused, int allowedAfterwards) {}

  @Test
  void no_request_is_allowed_that_started_after_the_revocation_was_acknowledged() throws Exception {
    run(40);
  }

  @Test
  @Tag("long")
  void none_is_allowed_in_a_thousand_revocations_under_load() throws Exception {
    run(1_000);
  }

  private void run(int revocations) throws Exception {
    ExecutorService load = Executors.newFixedThreadPool(THREADS);
    try (RunningGateway gateway = new RunningGateway(folder, ROUTES, false)) {
      Map<String, String> made = gateway.load(identities(revocations));
      List<String> values = new ArrayList<>();
      for (int i = 0; i < revocations; i++) {
        values.add(made.getOrDefault("bob/" + i, ""));
      }
      AtomicIntegerArray revoked = new AtomicIntegerArray(revocations);
      List<Future<Counts>> counted = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        counted.add(load.submit(asking(gateway, values, revoked, i)));
      }
      Map<Integer, String> ids = ids(gateway);
      for (int i = 0; i < revocations; i++) {
        assertThat(gateway.admin("DELETE", "/api/v1/tokens/" + ids.get(i), "").statusCode())
            .isEqualTo(204);
        revoked.set(i, 1);
        assertThat(gateway.edge("GET", "/orgs/acme", values.get(i)).statusCode()).isEqualTo(401);
      }
      over.set(true);
      int allowed = 0;
      int refused = 0;
      int afterwards = 0;
      for (Future<Counts> one : counted) {
        allowed += one.get().allowed();
        refused += one.get().refused();
        afterwards += one.get().allowedAfterwards();
      }
      System.out.printf(
          "%d revocations over HTTP under load: %d requests allowed, %d refused, %d allowed that"
              + " started after the revocation returned%n",
          revocations, allowed, refused, afterwards);
      assertThat(afterwards).isZero();
      assertThat(allowed).isGreaterThan(revocations);
      assertThat(refused).isGreaterThan(revocations);
    } finally {
      over.set(true);
      load.shutdown();
    }
  }

  private static String identities(int tokens) {
    StringBuilder text = new StringBuilder("apiVersion: scopegate/v1\n");
    text.append("organizations: { acme: { members: { bob: [MEMBER] } } }\ntokens:\n");
    for (int i = 0; i < tokens; i++) {
      text.append("  - { subject: bob, name: \"").append(i).append("\", scopes: [work:read] }\n");
    }
    return text.toString();
  }

  private static Map<Integer, String> ids(RunningGateway gateway) throws Exception {
    Map<Integer, String> ids = new HashMap<>();
    JsonNode tokens = Json.read(gateway.admin("GET", "/api/v1/tokens", "").body()).path("tokens");
    for (JsonNode token : tokens) {
      ids.put(Integer.valueOf(token.path("name").asString()), token.path("id").asString());
    }
    return ids;
  }

  /** Uses tokens at random, those that are about to be revoked above all. */
  private Callable<Counts> asking(
      RunningGateway gateway, List<String> values, AtomicIntegerArray revoked, int seed) {
    return () -> {
      Random random = new Random(seed);
      int allowed = 0;
      int refused = 0;
      int afterwards = 0;
      try (RawClient client = new RawClient(gateway.edge())) {
        while (!over.get()) {
          int token = nearNext(revoked, random);
          boolean before = revoked.get(token) == 1;
          int status = status(client, values.get(token));
          allowed += status == 200 ? 1 : 0;
          refused += status == 401 ? 1 : 0;
          afterwards += before && status != 401 ? 1 : 0;
        }
      }
      return new Counts(allowed, refused, afterwards);
    };
  }

  private static int nearNext(AtomicIntegerArray revoked, Random random) {
    int next = 0;
    int high = revoked.length();
    while (next < high) {
      int middle = (next + high) / 2;
      if (revoked.get(middle) == 1) {
        next = middle + 1;
      } else {
        high = middle;
      }
    }
    return Math.floorMod(next - 2 + random.nextInt(5), revoked.length());
  }

  private static int status(RawClient client, String value) throws IOException {
    return client
        .send(
            "GET /orgs/acme HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer "
                + value
                + "\r\n\r\n")
        .answer()
        .status();
  }
}
