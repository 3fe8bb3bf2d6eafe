package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScopeChoiceTest {
  private static final ScopeChoice CHOICE =
      new ScopeChoice(
          List.of("org:read", "project:read", "project:write", "event:write"),
          List.of("project:read", "org:read"));
  private static final ScopeChoice WITHOUT_DEFAULTS =
      new ScopeChoice(List.of("org:read"), List.of());
  private static final String ALLOWED =
      "allowed are `event:write`, `org:read`, `project:read`, `project:write`, or `*` alone for"
          + " everything the roles hold";

  private Optional<String> flagScopes = Optional.empty();
  private Optional<String> flagAdded = Optional.empty();
  private Optional<String> environmentScopes = Optional.empty();
  private Optional<String> environmentAdded = Optional.empty();

  private ScopeChoice.Outcome outcome(ScopeChoice choice) {
    return choice.between(
        new ScopeChoice.Side(
            new ScopeChoice.Wish("--scopes", flagScopes),
            new ScopeChoice.Wish("--add-scopes", flagAdded)),
        new ScopeChoice.Side(
            new ScopeChoice.Wish("SCOPEGATE_SCOPES", environmentScopes),
            new ScopeChoice.Wish("SCOPEGATE_ADD_SCOPES", environmentAdded)));
  }

  private List<String> chosen() {
    ScopeChoice.Outcome outcome = outcome(CHOICE);
    assertThat(outcome).isInstanceOf(ScopeChoice.Chosen.class);
    return ((ScopeChoice.Chosen) outcome).scopes();
  }

  private String refused(ScopeChoice choice) {
    ScopeChoice.Outcome outcome = outcome(choice);
    assertThat(outcome).isInstanceOf(ScopeChoice.Refused.class);
    return ((ScopeChoice.Refused) outcome).detail();
  }

  @Test
  void when_nothing_is_said_there_are_the_defaults() {
    assertThat(chosen()).containsExactly("org:read", "project:read");
  }

  @Test
  void scopes_replace_the_defaults() {
    flagScopes = Optional.of("project:write, event:write");
    assertThat(chosen()).containsExactly("event:write", "project:write");
  }

  @Test
  void added_scopes_stand_beside_the_defaults() {
    flagAdded = Optional.of("event:write,org:read");
    assertThat(chosen()).containsExactly("event:write", "org:read", "project:read");
  }

  @Test
  void the_environment_replaces_or_adds_where_no_flag_speaks() {
    environmentScopes = Optional.of("event:write");
    assertThat(chosen()).containsExactly("event:write");
    environmentScopes = Optional.empty();
    environmentAdded = Optional.of("event:write");
    assertThat(chosen()).containsExactly("event:write", "org:read", "project:read");
  }

  @Test
  void a_flag_counts_over_all_that_the_environment_says() {
    environmentScopes = Optional.of("event:write");
    environmentAdded = Optional.of("nonsense");
    flagScopes = Optional.of("project:write");
    assertThat(chosen()).containsExactly("project:write");
    flagScopes = Optional.empty();
    flagAdded = Optional.of("project:write");
    assertThat(chosen()).containsExactly("org:read", "project:read", "project:write");
  }

  @Test
  void replacing_and_adding_at_once_is_refused() {
    flagScopes = Optional.of("project:write");
    flagAdded = Optional.of("event:write");
    assertThat(refused(CHOICE))
        .isEqualTo("`--scopes` and `--add-scopes` are both there; say one of them");
    flagScopes = Optional.empty();
    flagAdded = Optional.empty();
    environmentScopes = Optional.of("project:write");
    environmentAdded = Optional.of("event:write");
    assertThat(refused(CHOICE)).contains("`SCOPEGATE_SCOPES` and `SCOPEGATE_ADD_SCOPES`");
  }

  @Test
  void an_unknown_scope_is_refused_with_the_nearest_and_all_that_are_allowed() {
    flagScopes = Optional.of("org:read,project:wirte");
    assertThat(refused(CHOICE))
        .isEqualTo(
            "`--scopes` names `project:wirte`, which cannot be issued; did you mean"
                + " `project:write`?; "
                + ALLOWED);
  }

  @Test
  void every_unknown_scope_is_named() {
    flagAdded = Optional.of("one,org:read,Org:Read");
    assertThat(refused(CHOICE)).contains("`--add-scopes` names `one`, `Org:Read`, which cannot");
  }

  @Test
  void an_empty_value_is_refused_and_never_means_the_defaults() {
    flagScopes = Optional.of("");
    assertThat(refused(CHOICE)).isEqualTo("`--scopes` names no scope; " + ALLOWED);
    flagScopes = Optional.of("org:read,");
    assertThat(refused(CHOICE)).startsWith("`--scopes` has an empty place in its list; allowed");
    flagScopes = Optional.empty();
    flagAdded = Optional.of(" ");
    assertThat(refused(CHOICE)).startsWith("`--add-scopes` names no scope");
    flagAdded = Optional.empty();
    environmentScopes = Optional.of("");
    assertThat(refused(CHOICE)).startsWith("`SCOPEGATE_SCOPES` names no scope");
    environmentScopes = Optional.empty();
    environmentAdded = Optional.of("");
    assertThat(refused(CHOICE)).startsWith("`SCOPEGATE_ADD_SCOPES` names no scope");
  }

  @Test
  void everything_stands_alone_and_is_never_added() {
    flagScopes = Optional.of("*");
    assertThat(chosen()).containsExactly("*");
    flagScopes = Optional.of("*,org:read");
    assertThat(refused(CHOICE)).contains("`*`, which cannot be issued");
    flagScopes = Optional.empty();
    flagAdded = Optional.of("*");
    assertThat(refused(CHOICE)).contains("`*`, which cannot be issued");
  }

  @Test
  void without_defaults_the_scopes_must_be_named() {
    assertThat(refused(WITHOUT_DEFAULTS))
        .startsWith(
            "no scope is named, and the route table has no `defaultScopes`; name the scopes")
        .contains("`--scopes`")
        .contains("allowed are `org:read`");
    flagAdded = Optional.of("org:read");
    assertThat(refused(WITHOUT_DEFAULTS)).startsWith("there is nothing to add to");
  }
}
