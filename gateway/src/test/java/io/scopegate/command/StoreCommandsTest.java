package io.scopegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.endpoint.Json;
import io.scopegate.store.SqliteIdentityStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands that change identities, while no gateway runs. */
class StoreCommandsTest {
  @TempDir Path folder;
  private final Shell shell = new Shell();
  private String config = "";

  @BeforeEach
  void a_gateway_that_does_not_run() throws IOException {
    Path resources = Path.of("src/test/resources/command");
    Files.copy(resources.resolve("routes.yaml"), folder.resolve("routes.yaml"));
    Files.copy(resources.resolve("identities.yaml"), folder.resolve("identities.yaml"));
    Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        admin: { address: "127.0.0.1:0" }
        backends:
          core: { urls: ["http://127.0.0.1:9"] }
          old: { urls: ["http://127.0.0.1:9"] }
        """);
    config = folder.resolve("gateway.yaml").toString();
  }

  private Shell.Result load(String file, String... more) {
    String[] args = new String[more.length + 4];
    args[0] = "import";
    args[1] = "-c";
    args[2] = config;
    args[3] = folder.resolve(file).toString();
    System.arraycopy(more, 0, args, 4, more.length);
    return shell.run(args);
  }

  private JsonNode tokens() {
    Shell.Result result = shell.run("token", "list", "-c", config, "--output", "json");
    assertThat(result.code()).as(result.err()).isZero();
    return Json.read(result.out()).path("tokens");
  }

  @Test
  void an_import_shows_each_created_value_once() {
    Shell.Result first = load("identities.yaml", "--output", "json");
    assertThat(first.code()).as(first.err()).isZero();
    JsonNode created = Json.read(first.out()).path("tokens");
    assertThat(created.size()).isEqualTo(3);
    JsonNode ci = created.get(0);
    assertThat(ci.propertyNames()).containsExactly("id", "subject", "name", "value");
    assertThat(ci.path("value").asString()).matches("sgat_[0-9A-Za-z]{49}");
    Shell.Result second = load("identities.yaml", "--output", "json");
    assertThat(second.code()).isZero();
    assertThat(Json.read(second.out()).path("tokens").size()).isZero();
    assertThat(tokens().toString()).doesNotContain(ci.path("value").asString());
    assertThat(tokens().size()).isEqualTo(3);
  }

  @Test
  void an_import_with_a_mistake_changes_nothing_and_names_the_file_as_the_user_did()
      throws IOException {
    assertThat(load("identities.yaml").code()).isZero();
    String broken =
        Files.readString(folder.resolve("identities.yaml"))
            .replace("bob: [MEMBER]", "bob: [MEMBR]")
            .replace("name: all", "name: another");
    Files.writeString(folder.resolve("broken.yaml"), broken);
    Shell.Result result = load("broken.yaml");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .startsWith(folder.resolve("broken.yaml") + ":7:")
        .contains("`MEMBR`; did you mean `MEMBER`?");
    assertThat(tokens().toString()).doesNotContain("another");
  }

  @Test
  void a_token_name_with_other_attributes_is_a_conflict() throws IOException {
    assertThat(load("identities.yaml").code()).isZero();
    Files.writeString(
        folder.resolve("other.yaml"),
        Files.readString(folder.resolve("identities.yaml"))
            .replace("name: all, scopes: [\"*\"]", "name: all, scopes: [work:read]"));
    Shell.Result result = load("other.yaml");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("`all`");
  }

  @Test
  void a_token_is_created_listed_and_revoked() {
    assertThat(load("identities.yaml").code()).isZero();
    Shell.Result created =
        shell.run(
            "token",
            "create",
            "-c",
            config,
            "--subject",
            "bob",
            "--name",
            "laptop",
            "--scopes",
            "work:read,work:write",
            "--project",
            "acme/api",
            "--expires",
            "90d",
            "--output",
            "json");
    assertThat(created.code()).as(created.err()).isZero();
    JsonNode token = Json.read(created.out());
    assertThat(token.propertyNames()).containsExactly("id", "subject", "name", "value");
    JsonNode listed =
        Json.read(
                shell
                    .run("token", "list", "-c", config, "--subject", "bob", "--output", "json")
                    .out())
            .path("tokens")
            .valueStream()
            .filter(one -> one.path("id").equals(token.path("id")))
            .findFirst()
            .orElseThrow();
    assertThat(listed.path("start").asString())
        .isEqualTo(token.path("value").asString().substring(0, 11));
    assertThat(listed.path("organization").asString()).isEqualTo("acme");
    assertThat(listed.path("projects").toString()).isEqualTo("[\"api\"]");
    assertThat(listed.path("expires").asString()).isEqualTo("2027-02-19T12:00:00Z");
    String id = token.path("id").asString();
    assertThat(shell.run("token", "revoke", id, "-c", config).out())
        .isEqualTo("revoked " + id + "\n");
    assertThat(tokens().toString()).doesNotContain(id);
    Shell.Result again = shell.run("token", "revoke", id, "-c", config);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).isEqualTo("scopegate: there is no token `" + id + "`\n");
  }

  @Test
  void a_token_without_scopes_gets_the_default_ones_or_is_wrong_use() throws IOException {
    Shell.Result created =
        shell.run("token", "create", "-c", config, "--subject", "bob", "--name", "a");
    assertThat(created.code()).as(created.err()).isZero();
    assertThat(tokens().get(0).path("scopes").toString()).isEqualTo("[\"work:read\"]");
    Path routes = folder.resolve("routes.yaml");
    Files.writeString(routes, Files.readString(routes).replaceAll("(?m)^defaultScopes:.*$", ""));
    Shell.Result refused =
        shell.run("token", "create", "-c", config, "--subject", "bob", "--name", "b");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--scopes");
  }

  @Test
  void everything_that_is_wrong_with_a_token_is_told_at_once() {
    Shell.Result result =
        shell.run(
            "token",
            "create",
            "-c",
            config,
            "--subject",
            "b b",
            "--name",
            "x",
            "--scopes",
            "work:read",
            "--organization",
            "nowhere",
            "--expires",
            "soon");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("/subject must be 1 to 255 visible ASCII characters")
        .contains("/organization unknown organization `nowhere`")
        .contains("/expires `soon` is neither a duration such as `90d` nor a time");
  }

  private Shell.Result create(Shell where, String name, String... scopes) {
    String[] args = new String[scopes.length + 8];
    String[] start = {"token", "create", "-c", config, "--subject", "bob", "--name", name};
    System.arraycopy(start, 0, args, 0, start.length);
    System.arraycopy(scopes, 0, args, start.length, scopes.length);
    return where.run(args);
  }

  private String scopesOf(String name) {
    return tokens()
        .valueStream()
        .filter(token -> token.path("name").asString().equals(name))
        .map(token -> token.path("scopes").toString())
        .findFirst()
        .orElse("");
  }

  @Test
  void scopes_replace_the_default_ones_and_added_scopes_stand_beside_them() {
    assertThat(create(shell, "exactly", "--scopes", "work:write,team:join").code()).isZero();
    assertThat(scopesOf("exactly")).isEqualTo("[\"team:join\",\"work:write\"]");
    assertThat(create(shell, "besides", "--add-scopes", "team:join").code()).isZero();
    assertThat(scopesOf("besides")).isEqualTo("[\"team:join\",\"work:read\"]");
  }

  @Test
  void the_environment_adds_scopes_where_no_flag_speaks() {
    Shell adding = new Shell(Map.of("SCOPEGATE_ADD_SCOPES", "team:join"));
    assertThat(create(adding, "besides").code()).isZero();
    assertThat(scopesOf("besides")).isEqualTo("[\"team:join\",\"work:read\"]");
    assertThat(create(adding, "flag", "--scopes", "org:admin").code()).isZero();
    assertThat(scopesOf("flag")).isEqualTo("[\"org:admin\"]");
  }

  @Test
  void the_environment_replaces_scopes_where_no_flag_speaks() {
    Shell replacing = new Shell(Map.of("SCOPEGATE_SCOPES", "team:join"));
    assertThat(create(replacing, "exactly").code()).isZero();
    assertThat(scopesOf("exactly")).isEqualTo("[\"team:join\"]");
  }

  @Test
  void scopes_that_are_unknown_planned_or_empty_are_refused_with_those_that_are_allowed() {
    Shell.Result unknown = create(shell, "a", "--scopes", "work:raed");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err())
        .startsWith("scopegate: `--scopes` names `work:raed`, which cannot be issued; did you mean")
        .contains("allowed are `artifacts:read`, `org:admin`, `team:join`, `team:write`,");
    Shell.Result planned = create(shell, "b", "--add-scopes", "billing:read");
    assertThat(planned.code()).isEqualTo(2);
    assertThat(planned.err()).contains("`--add-scopes` names `billing:read`, which cannot");
    Shell.Result empty = create(shell, "c", "--scopes", "");
    assertThat(empty.code()).isEqualTo(2);
    assertThat(empty.err()).contains("`--scopes` names no scope; allowed are");
    Shell.Result set = create(new Shell(Map.of("SCOPEGATE_SCOPES", "")), "d");
    assertThat(set.code()).isEqualTo(2);
    assertThat(set.err()).contains("`SCOPEGATE_SCOPES` names no scope");
    assertThat(tokens().size()).isZero();
  }

  @Test
  void a_store_that_another_process_has_open_is_left_alone() {
    try (SqliteIdentityStore store =
        new SqliteIdentityStore(folder.resolve("data"), Clock.systemUTC(), new Random(1))) {
      Shell.Result result = load("identities.yaml");
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("data");
      assertThat(store.tokens(java.util.Optional.empty())).isEmpty();
    }
  }
}
