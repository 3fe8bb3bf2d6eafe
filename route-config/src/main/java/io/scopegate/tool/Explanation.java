package io.scopegate.tool;

import io.scopegate.permission.PermissionSet;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Grants;
import io.scopegate.route.Expression;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Why a request was decided as it was, step by step, in the words of the contract. Made from the
 * decision itself, so it cannot say anything else than what was decided. Immutable.
 *
 * @param decision {@code allow} or {@code deny}
 * @param wouldDeny whether shadow mode overruled a refusal
 * @param status of the answer; 200 stands for whatever the backend answers, and 204 is the
 *     gateway's to a preflight
 * @param code why it was refused, or would have been
 * @param required what the row requires, as the table words it
 */
public record Explanation(
    String decision,
    boolean wouldDeny,
    int status,
    Optional<String> code,
    Optional<Row> route,
    Optional<String> organization,
    Optional<String> team,
    Optional<String> project,
    List<String> roles,
    List<String> effective,
    Optional<Object> required,
    Map<String, List<String>> missing,
    boolean acquirable,
    List<Step> steps) {

  /** Copies what it is given. */
  public Explanation {
    roles = List.copyOf(roles);
    effective = List.copyOf(effective);
    steps = List.copyOf(steps);
  }

  /**
   * The row that counted.
   *
   * @param at {@code file:line}
   */
  public record Row(String id, String at) {}

  /**
   * One step of the way.
   *
   * @param step what was looked at
   * @param outcome {@code pass}, {@code stop} or {@code overruled}; {@code note} for what changes
   *     nothing, and somebody should know
   */
  public record Step(String step, String outcome, String detail) {}

  /** Explains a decision. */
  public static Explanation of(Decision decision) {
    Optional<Decision.Deny> refusal = refusal(decision);
    boolean allowed = !(decision instanceof Decision.Deny);
    Optional<Grants> grants = decision.grants();
    return new Explanation(
        allowed ? "allow" : "deny",
        allowed && refusal.isPresent(),
        allowed ? statusOf(decision) : refusal.orElseThrow().code().status(),
        refusal.map(deny -> deny.code().word()),
        Optional.ofNullable(decision.row()).map(Explanation::row),
        grants.map(Grants::organization),
        grants.flatMap(Grants::team),
        grants.flatMap(Grants::project),
        grants.map(Grants::roles).orElse(List.of()),
        grants.flatMap(Grants::effective).map(PermissionSet::names).orElse(List.of()),
        required(Optional.ofNullable(decision.row())),
        missing(refusal),
        refusal.filter(Decision.Deny::acquirable).isPresent(),
        new Telling(decision, refusal).steps());
  }

  /**
   * Returns the same explanation with a note on the credential, if that was looked at and is good.
   */
  public Explanation notingOfCredential(String detail) {
    List<Step> noted = new ArrayList<>();
    for (Step step : steps) {
      noted.add(step);
      if (step.step().equals("credential") && step.outcome().equals("pass")) {
        noted.add(new Step(step.step(), "note", detail));
      }
    }
    return new Explanation(
        decision,
        wouldDeny,
        status,
        code,
        route,
        organization,
        team,
        project,
        roles,
        effective,
        required,
        missing,
        acquirable,
        noted);
  }

  private static Optional<Decision.Deny> refusal(Decision decision) {
    if (decision instanceof Decision.Deny deny) {
      return Optional.of(deny);
    }
    return decision instanceof Decision.Allow allow ? allow.overruled() : Optional.empty();
  }

  private static int statusOf(Decision decision) {
    return decision instanceof Decision.Preflight ? 204 : 200;
  }

  private static Row row(Route route) {
    return new Row(route.id(), route.at().file() + ":" + route.at().line());
  }

  private static Optional<Object> required(Optional<Route> route) {
    return route
        .map(Route::rule)
        .flatMap(
            rule ->
                rule instanceof Rule.Permitted permitted
                    ? Optional.of(permitted.requirement().expression().plain())
                    : Optional.empty());
  }

  private static Map<String, List<String>> missing(Optional<Decision.Deny> refusal) {
    Map<String, List<String>> missing = new LinkedHashMap<>();
    missing.put("token", refusal.map(deny -> deny.missing().token()).orElse(List.of()));
    missing.put("role", refusal.map(deny -> deny.missing().role()).orElse(List.of()));
    return missing;
  }

  /** Tells the steps in the order in which they were taken, up to the one that stopped. */
  private record Telling(Decision decision, Optional<Decision.Deny> refusal) {

    /** The steps of the decision; each code belongs to the one that it stops. */
    private enum Stage {
      REQUEST,
      ROW,
      CREDENTIAL,
      KIND,
      PLACE,
      BOUNDS,
      REACH,
      ROLES,
      SCOPES
    }

    private static Stage stageOf(Decision.Deny deny) {
      Code code = deny.code();
      return switch (code) {
        case BAD_REQUEST -> Stage.REQUEST;
        case ROUTE_NOT_DECLARED -> Stage.ROW;
        case CREDENTIAL_MISSING, CREDENTIAL_INVALID, IDENTITY_UNAVAILABLE -> Stage.CREDENTIAL;
        case CROSS_SITE, CREDENTIAL_KIND -> Stage.KIND;
        case PLACE_UNDETERMINED -> Stage.PLACE;
        case TOKEN_OUT_OF_BOUNDS -> Stage.BOUNDS;
        case NOT_A_MEMBER, NOT_FOUND -> Stage.REACH;
        case INSUFFICIENT_ROLE -> Stage.ROLES;
        case INSUFFICIENT_SCOPE -> Stage.SCOPES;
      };
    }

    List<Step> steps() {
      List<Step> steps = new ArrayList<>();
      String stopped =
          refusal.isPresent() && decision instanceof Decision.Allow ? "overruled" : "stop";
      for (Stage stage : Stage.values()) {
        String word = stage.name().toLowerCase(Locale.ROOT);
        if (refusal.isPresent() && stageOf(refusal.get()) == stage) {
          steps.add(new Step(word, stopped, refusal.get().detail()));
          break;
        }
        detail(stage).ifPresent(detail -> steps.add(new Step(word, "pass", detail)));
      }
      return steps;
    }

    private Optional<String> detail(Stage stage) {
      return switch (stage) {
        case REQUEST -> Optional.of("the request has one reading");
        case ROW -> Optional.ofNullable(decision.row()).map(this::describe);
        case CREDENTIAL -> credential();
        case KIND -> Optional.empty();
        case PLACE -> decision.grants().map(Telling::place);
        case BOUNDS -> bounds();
        case REACH, ROLES -> decision.grants().isPresent() ? held(stage) : Optional.empty();
        case SCOPES -> scopes();
      };
    }

    private String describe(Route route) {
      String rule =
          decision instanceof Decision.Preflight preflight
              ? "lets pages of `" + preflight.origin() + "` ask for it; the gateway answers"
              : rule(route);
      return "`" + route.id() + "` at " + route.at().file() + ":" + route.at().line() + " " + rule;
    }

    private static String rule(Route route) {
      return route.rule() instanceof Rule.Public
          ? "is public"
          : route.rule() instanceof Rule.Permitted permitted
              ? "requires " + words(permitted.requirement().expression())
              : "wants any valid credential";
    }

    private static String words(Expression expression) {
      if (expression instanceof Expression.Term term) {
        return term.permission() + term.at().map(level -> " at the " + level.word()).orElse("");
      }
      boolean any = expression instanceof Expression.Any;
      List<Expression> parts =
          expression instanceof Expression.Any either
              ? either.of()
              : ((Expression.All) expression).of();
      return (any ? "any of (" : "all of (")
          + parts.stream().map(Telling::words).collect(Collectors.joining(", "))
          + ")";
    }

    private Optional<String> credential() {
      return decision.caller() instanceof Caller.Authenticated caller
          ? Optional.of("`" + caller.principal().subject() + "` by a " + caller.kind().word())
          : Optional.empty();
    }

    private static String place(Grants grants) {
      List<String> words = new ArrayList<>();
      words.add("organization `" + grants.organization() + "`");
      grants.team().ifPresent(id -> words.add("team `" + id + "`"));
      grants.project().ifPresent(id -> words.add("project `" + id + "`"));
      return String.join(", ", words);
    }

    private Optional<String> bounds() {
      return decision.grants().isPresent()
              && decision.caller() instanceof Caller.Authenticated caller
              && !caller.delegation().bounds().isEmpty()
          ? Optional.of("within the bounds of the credential")
          : Optional.empty();
    }

    private Optional<String> held(Stage stage) {
      return stage == Stage.REACH
          ? Optional.of("roles counted: " + orNone(decision.grants().orElseThrow().roles()))
          : Optional.of("the roles hold what is required");
    }

    private Optional<String> scopes() {
      if (!(decision.caller() instanceof Caller.Authenticated caller)
          || decision.grants().isEmpty()) {
        return Optional.empty();
      }
      String carried =
          caller.delegation() instanceof Delegation.Full
              ? "the credential hands over everything"
              : "the token carries " + orNone(caller.delegation().scopes());
      String effective =
          decision.grants().get().effective().map(set -> orNone(set.names())).orElse("nothing");
      return Optional.of(carried + "; effective: " + effective);
    }

    private static String orNone(List<String> words) {
      return words.isEmpty() ? "none" : String.join(", ", words);
    }
  }

  /** Returns it as text for people, one step a line. */
  public String text() {
    StringBuilder text = new StringBuilder(decision);
    code.ifPresent(word -> text.append(' ').append(status).append(' ').append(word));
    text.append('\n');
    for (Step step : steps) {
      text.append(String.format("  %-10s %-9s %s%n", step.step(), step.outcome(), step.detail()));
    }
    missing.forEach(
        (kind, names) -> {
          if (!names.isEmpty()) {
            text.append(String.format("  missing    %-9s %s%n", kind, String.join(", ", names)));
          }
        });
    return text.toString();
  }
}
