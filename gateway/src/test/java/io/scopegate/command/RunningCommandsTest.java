package io.scopegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.RunningGateway;
import io.scopegate.endpoint.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands that change identities, while the gateway runs: exit 0 means in force. */
class RunningCommandsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/command");

  @TempDir private Path folder;
  private RunningGateway gateway;

  @BeforeEach
  void a_gateway() throws IOException {
    gateway = new RunningGateway(folder, Files.readString(RESOURCES.resolve("routes.yaml")), false);
  }

  @AfterEach
  void it_ends() throws IOException {
    gateway.close();
  }

  private Shell.Result run(String adminToken, String... args) {
    String[] all = new String[args.length + 4];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "-c";
    all[args.length + 1] = folder.resolve("gateway.yaml").toString();
    all[args.length + 2] = "--set";
    all[args.length + 3] = "admin.address='127.0.0.1:" + gateway.gateway().admin().getPort() + "'";
    return new Shell(
            Map.of("SCOPEGATE_ADMIN_TOKEN", adminToken, "WATCHER", "watcher-token-of-the-tests"))
        .run(all);
  }

  private Shell.Result run(String[] args) {
    return run(RunningGateway.ADMIN_TOKEN, args);
  }

  @Test
  void what_a_command_did_is_in_force_when_it_ends() throws Exception {
    String file = RESOURCES.resolve("identities.yaml").toString();
    assertThat(run(new String[] {"import", file}).code()).isZero();
    String[] create = {
      "token", "create", "--subject", "bob", "--name", "x y", "--scopes", "*", "--output", "json"
    };
    Shell.Result created = run(create);
    assertThat(created.code()).as(created.err()).isZero();
    String value = Json.read(created.out()).path("value").asString();
    String id = Json.read(created.out()).path("id").asString();
    assertThat(gateway.edge("GET", "/api/orgs/acme", value).statusCode()).isEqualTo(200);
    Shell.Result again = run(create);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("`x y`");
    assertThat(run(new String[] {"token", "list", "--subject", "bob"}).out())
        .contains(id)
        .contains("x y")
        .doesNotContain(value);
    assertThat(run(new String[] {"token", "revoke", id}).code()).isZero();
    assertThat(gateway.edge("GET", "/api/orgs/acme", value).statusCode()).isEqualTo(401);
  }

  @Test
  void tokens_are_shown_rotated_and_revoked_together() throws Exception {
    String file = RESOURCES.resolve("identities.yaml").toString();
    String value =
        Json.read(run(new String[] {"import", file, "--output", "json"}).out())
            .path("tokens")
            .get(0)
            .path("value")
            .asString();
    JsonNode ci =
        Json.read(run(new String[] {"token", "list", "--output", "json"}).out())
            .path("tokens")
            .valueStream()
            .filter(one -> value.startsWith(one.path("start").asString()))
            .findFirst()
            .orElseThrow();
    String id = ci.path("id").asString();
    assertThat(gateway.edge("GET", "/api/me", value).statusCode()).isEqualTo(200);
    Shell.Result rotated = run(new String[] {"token", "rotate", id, "--overlap", "0s"});
    assertThat(rotated.code()).as(rotated.err()).isZero();
    assertThat(rotated.out()).matches("sgat_[0-9A-Za-z]{49}\n");
    assertThat(gateway.edge("GET", "/api/me", value).statusCode()).isEqualTo(401);
    assertThat(gateway.edge("GET", "/api/me", rotated.out().strip()).statusCode()).isEqualTo(200);
    JsonNode again = Json.read(run(new String[] {"token", "rotate", id, "--output", "json"}).out());
    assertThat(again.propertyNames())
        .containsExactly("id", "subject", "name", "value", "overlapEnds");
    JsonNode shown = Json.read(run(new String[] {"token", "show", id, "--output", "json"}).out());
    assertThat(shown.path("overlapEnds")).isEqualTo(again.path("overlapEnds"));
    assertThat(run(new String[] {"token", "show", id}).out())
        .containsPattern("overlapEnds +" + shown.path("overlapEnds").asString())
        .containsPattern("scopes +work:read\n");
    Shell.Result third = run(new String[] {"token", "rotate", id});
    assertThat(third.code()).isEqualTo(1);
    assertThat(third.err()).contains("was rotated already");
    assertThat(run(new String[] {"token", "rotate", id, "--overlap", "long"}).code()).isEqualTo(2);
    Shell.Result all = run(new String[] {"token", "revoke", "--all-of", "bob"});
    assertThat(all.out()).isEqualTo("revoked 2 tokens of bob\n");
    assertThat(gateway.edge("GET", "/api/me", rotated.out().strip()).statusCode()).isEqualTo(401);
    assertThat(run(new String[] {"token", "show", id}).code()).isEqualTo(1);
    assertThat(run(new String[] {"token", "revoke"}).code()).isEqualTo(2);
    assertThat(run(new String[] {"token", "revoke", id, "--all-of", "bob"}).code()).isEqualTo(2);
  }

  @Test
  void a_wrong_admin_token_is_told_as_that() {
    Shell.Result result = run("not-the-admin-token-of-it", "token", "list");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "scopegate: the running gateway refuses the admin token: this is not an admin"
                + " token\n");
  }

  @Test
  void a_broken_file_is_told_by_the_name_that_the_user_gave_it() throws Exception {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "apiVersion: scopegate/v1\norganisations: {}\n");
    Shell.Result result = run(new String[] {"import", file.toString()});
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(file + ":2:1: unknown key `organisations`; did you mean `organizations`?");
  }
}
