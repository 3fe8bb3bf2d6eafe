package io.scopegate.policy;

import io.scopegate.permission.PermissionSet;
import io.scopegate.route.Requirement.Alternative;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds one requirement against the sites where it may be met, first by the roles, then with the
 * delegation. The intersection alone counts: with any-of, a role that holds one alternative and a
 * token that holds the other share nothing. Confined to one decision.
 */
final class Assessment {
  private static final Comparator<PermissionSet> FEWEST =
      Comparator.comparingInt(PermissionSet::size)
          .thenComparing(set -> String.join(" ", set.names()));

  private final Policy policy;
  private final Rule.Permitted rule;
  private final List<Site> sites;
  private final @Nullable PermissionSet delegated;

  /**
   * Prepares the assessment.
   *
   * @param delegated what the token carries, closed under {@code implies}; null for everything
   */
  Assessment(
      Policy policy, Rule.Permitted rule, List<Site> sites, @Nullable PermissionSet delegated) {
    this.policy = policy;
    this.rule = rule;
    this.sites = sites;
    this.delegated = delegated;
  }

  /** Why it is not met. */
  record Shortfall(Code code, String detail, Missing missing, List<String> scope) {}

  /** Says whether the requirement is met at a site. */
  boolean isMet() {
    for (Site site : sites) {
      if (isMetAt(site)) {
        return true;
      }
    }
    return false;
  }

  /** Returns why the requirement is met at no site. */
  Shortfall shortfall() {
    boolean held = false;
    for (Site site : sites) {
      if (rolesWouldDo(site)) {
        return scopeShortfall();
      }
      held |= rolesHold(site);
    }
    return held ? roleShortfall() : permissionShortfall();
  }

  /** Says whether roles and delegation together meet the requirement at this site. */
  boolean isMetAt(Site site) {
    return isMetAt(site, rule, delegated);
  }

  /** Says the same of a rule and one site, where why not may never be asked. */
  static boolean isMetAt(Site site, Rule.Permitted rule, @Nullable PermissionSet delegated) {
    if (!site.hasRoles(rule)) {
      return false;
    }
    for (Alternative alternative : rule.requirement().alternatives()) {
      if (site.holds(alternative)
          && (delegated == null || delegated.containsAll(alternative.everything()))) {
        return true;
      }
    }
    return false;
  }

  private boolean rolesHold(Site site) {
    for (Alternative alternative : alternatives()) {
      if (site.holds(alternative)) {
        return true;
      }
    }
    return false;
  }

  private boolean rolesWouldDo(Site site) {
    return rolesHold(site) && site.hasRoles(rule);
  }

  private List<Alternative> alternatives() {
    return rule.requirement().alternatives();
  }

  private Shortfall permissionShortfall() {
    PermissionSet least = null;
    for (Site site : sites) {
      for (Alternative alternative : alternatives()) {
        PermissionSet lacking = site.lacking(alternative);
        least = least == null || FEWEST.compare(lacking, least) < 0 ? lacking : least;
      }
    }
    List<String> missing = Objects.requireNonNull(least).names();
    return new Shortfall(
        Code.INSUFFICIENT_ROLE,
        "the caller's roles do not hold " + words(missing),
        new Missing(List.of(), missing),
        List.of());
  }

  private Shortfall roleShortfall() {
    List<String> wanted = new ArrayList<>();
    rule.roles()
        .forEach((level, names) -> names.forEach(name -> wanted.add(level.word() + ":" + name)));
    wanted.sort(null);
    return new Shortfall(
        Code.INSUFFICIENT_ROLE,
        "the caller does not have the role " + words(wanted),
        new Missing(List.of(), wanted),
        List.of());
  }

  private Shortfall scopeShortfall() {
    PermissionSet carried = Objects.requireNonNull(delegated);
    PermissionSet least = null;
    Alternative best = null;
    for (Site site : sites) {
      for (Alternative alternative : alternatives()) {
        if (site.hasRoles(rule) && site.holds(alternative)) {
          PermissionSet added = policy.catalog().reduced(alternative.everything().minus(carried));
          if (least == null || FEWEST.compare(added, least) < 0) {
            least = added;
            best = alternative;
          }
        }
      }
    }
    List<String> missing = Objects.requireNonNull(least).names();
    return new Shortfall(
        Code.INSUFFICIENT_SCOPE,
        "the token does not carry " + words(missing),
        new Missing(missing, List.of()),
        policy.catalog().reduced(Objects.requireNonNull(best).everything()).names());
  }

  private static String words(List<String> names) {
    return "`" + String.join("`, `", names) + "`";
  }
}
