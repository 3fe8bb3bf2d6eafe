package io.scopegate.policy;

import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.Rule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a caller may use a route: what the token and the roles hold in common must cover
 * what the route requires. A pure function of its arguments, and the only maker of an {@link
 * Decision.Allow}. Safe from any thread.
 */
public final class Authorizer {
  private Authorizer() {}

  /** What can be said of a request before its credential is looked at. */
  public sealed interface Admission {}

  /** It is decided already: malformed, public, or a preflight. */
  public record Settled(Decision decision) implements Admission {}

  /**
   * It depends on the caller.
   *
   * @param match the rows it meets; null if there are none, which is said only after authentication
   */
  public record Pending(
      Policy policy, RequestLine line, HttpFields fields, @Nullable RouteMatch match)
      implements Admission {}

  /** Takes the steps that need no credential. */
  public static Admission admit(Policy policy, Reading reading, HttpFields fields) {
    if (reading instanceof Reading.Refused refused) {
      return malformed(refused.detail());
    }
    RequestLine line = (RequestLine) reading;
    if (line.method().equals(Preflights.METHOD)) {
      Optional<Admission> preflight = Preflights.admission(policy, line, fields);
      if (preflight.isPresent()) {
        return preflight.get();
      }
    }
    return admit(policy, line, fields);
  }

  private static Admission admit(Policy policy, RequestLine line, HttpFields fields) {
    RouteMatch match = policy.routes().match(line).orElse(null);
    Optional<String> ambiguity = match == null ? line.refusalWithoutRow() : match.refusal();
    if (ambiguity.isPresent()) {
      return malformed(ambiguity.get());
    }
    if (match != null && match.cors().isPresent() && fields.values("origin").size() > 1) {
      return malformed("`Origin` is there more than once");
    }
    if (match != null && match.mayBePublic()) {
      RouteMatch.Choice choice = match.choose(fields, Optional.empty());
      if (choice instanceof RouteMatch.Ambiguous ambiguous) {
        return malformed(ambiguous.detail());
      }
      if (choice instanceof RouteMatch.Chosen chosen && chosen.row().isPublic()) {
        return new Settled(
            new Decision.Allow(
                line,
                chosen.row(),
                new Caller.Anonymous(),
                null,
                Optional.empty(),
                Optional.empty()));
      }
    }
    return new Pending(policy, line, fields, match);
  }

  /** Takes the other steps for a request that cannot come from another site. */
  public static Decision decide(Pending pending, Caller caller) {
    return decide(pending, caller, Optional.empty());
  }

  /**
   * Takes the other steps.
   *
   * @param crossSite why the request may come from another site, if it presents its session in the
   *     cookie
   */
  public static Decision decide(Pending pending, Caller caller, Optional<String> crossSite) {
    Optional<Decision.Deny> stranger = refusalOfStranger(caller);
    RouteMatch match = pending.match();
    if (match == null) {
      return stranger.isPresent() ? stranger.get() : notDeclared(caller);
    }
    RouteMatch.Choice choice = match.choose(pending.fields(), subjectOf(caller));
    if (stranger.isEmpty() && crossSite.isPresent()) {
      Decision.Deny deny = refusal(Code.CROSS_SITE, crossSite.get(), caller);
      return choice instanceof RouteMatch.Chosen chosen ? at(deny, chosen.row()) : deny;
    }
    if (choice instanceof RouteMatch.Chosen chosen) {
      Decision decision =
          stranger.isPresent()
              ? at(stranger.get(), chosen.row())
              : decide(pending, match, chosen.row(), (Caller.Authenticated) caller);
      return decision instanceof Decision.Deny deny ? shadowed(pending.line(), deny) : decision;
    }
    if (stranger.isPresent()) {
      return stranger.get();
    }
    return choice instanceof RouteMatch.Ambiguous ambiguous
        ? refusal(Code.BAD_REQUEST, ambiguous.detail(), caller)
        : notDeclared(caller);
  }

  /** Takes all steps for a caller that is known beforehand. */
  public static Decision decide(Policy policy, Reading reading, HttpFields fields, Caller caller) {
    Admission admission = admit(policy, reading, fields);
    return admission instanceof Settled settled
        ? settled.decision()
        : decide((Pending) admission, caller);
  }

  private static Decision decide(
      Pending pending, RouteMatch match, Route row, Caller.Authenticated caller) {
    if (row.rule() instanceof Rule.Permitted permitted) {
      return isWrongKind(permitted.credential(), caller)
          ? wrongKind(row, permitted.credential().get(), caller)
          : new Entitlement(pending, match, row, permitted, caller).decide();
    }
    Rule.Authenticated rule = (Rule.Authenticated) row.rule();
    return isWrongKind(rule.credential(), caller)
        ? wrongKind(row, rule.credential().get(), caller)
        : new Decision.Allow(pending.line(), row, caller, null, Optional.empty(), Optional.empty());
  }

  private static boolean isWrongKind(Optional<CredentialKind> wanted, Caller.Authenticated caller) {
    return wanted.isPresent() && wanted.get() != caller.kind();
  }

  private static Decision wrongKind(Route row, CredentialKind wanted, Caller.Authenticated caller) {
    String detail = "this route wants a " + wanted.word() + " as its credential";
    return at(refusal(Code.CREDENTIAL_KIND, detail, caller), row);
  }

  /**
   * In shadow mode a refusal is recorded and overruled, but not one for a request that has no one
   * reading.
   */
  private static Decision shadowed(RequestLine line, Decision.Deny deny) {
    Route row = Objects.requireNonNull(deny.row());
    if (!row.forwarding().shadow()
        || deny.code().status() == 400
        || deny.code() == Code.CROSS_SITE) {
      return deny;
    }
    return new Decision.Allow(
        line, row, deny.caller(), deny.grants().orElse(null), Optional.empty(), Optional.of(deny));
  }

  private static Optional<Decision.Deny> refusalOfStranger(Caller caller) {
    if (caller instanceof Caller.Authenticated) {
      return Optional.empty();
    }
    if (caller instanceof Caller.Ambiguous ambiguous) {
      return Optional.of(refusal(Code.BAD_REQUEST, ambiguous.detail(), caller));
    }
    Code code =
        caller instanceof Caller.Anonymous
            ? Code.CREDENTIAL_MISSING
            : caller instanceof Caller.Invalid
                ? Code.CREDENTIAL_INVALID
                : Code.IDENTITY_UNAVAILABLE;
    return Optional.of(refusal(code, code.title(), caller));
  }

  private static Optional<String> subjectOf(Caller caller) {
    return caller instanceof Caller.Authenticated authenticated
        ? Optional.of(authenticated.principal().subject())
        : Optional.empty();
  }

  /** Returns the refusal of a request that has no one reading. */
  static Settled malformed(String detail) {
    return new Settled(badRequest(detail));
  }

  private static Decision.Deny badRequest(String detail) {
    return refusal(Code.BAD_REQUEST, detail, new Caller.Anonymous());
  }

  private static Decision.Deny notDeclared(Caller caller) {
    return refusal(Code.ROUTE_NOT_DECLARED, Code.ROUTE_NOT_DECLARED.title(), caller);
  }

  private static Decision.Deny refusal(Code code, String detail, Caller caller) {
    return new Decision.Deny(
        code, detail, null, caller, Optional.empty(), Missing.nothing(), List.of());
  }

  private static Decision.Deny at(Decision.Deny deny, Route row) {
    return new Decision.Deny(
        deny.code(),
        deny.detail(),
        row,
        deny.caller(),
        deny.grants(),
        deny.missing(),
        deny.scope());
  }
}
