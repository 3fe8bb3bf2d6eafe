package io.scopegate.tool;

import io.scopegate.file.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which scopes a new token gets: those that are named, or the default ones with those that are
 * added. What the flags of a command say counts over what its environment says; one of them is
 * listened to as a whole, never half of each. Immutable.
 *
 * @param offered every scope that a token can be issued with
 * @param defaults the scopes of a token for which nothing is said; empty if that is wrong use
 */
public record ScopeChoice(List<String> offered, List<String> defaults) {
  private static final String EVERYTHING = "*";

  /** Copies what it is given. */
  public ScopeChoice {
    offered = List.copyOf(new TreeSet<>(offered));
    defaults = List.copyOf(defaults);
  }

  /**
   * One thing that can be said.
   *
   * @param source how the user calls it, such as {@code --scopes}
   * @param value scopes separated by commas; absent if it is not said, and present if it is empty
   */
  public record Wish(String source, Optional<String> value) {}

  /**
   * What one side says.
   *
   * @param replacing exactly the scopes of the token
   * @param adding scopes on top of the default ones
   */
  public record Side(Wish replacing, Wish adding) {
    private boolean speaks() {
      return replacing.value().isPresent() || adding.value().isPresent();
    }
  }

  /** What came of it. */
  public sealed interface Outcome {}

  /** The token gets these, sorted. */
  public record Chosen(List<String> scopes) implements Outcome {
    /** Copies what it is given. */
    public Chosen {
      scopes = List.copyOf(scopes);
    }
  }

  /**
   * There is no token: something is unknown, empty or said in two ways. Nothing is accepted in
   * part, and nothing falls back to the default scopes.
   *
   * @param detail what is wrong, and what is allowed
   */
  public record Refused(String detail) implements Outcome {}

  /** Chooses the scopes. */
  public Outcome between(Side flags, Side environment) {
    Side side = flags.speaks() ? flags : environment;
    if (side.replacing().value().isPresent() && side.adding().value().isPresent()) {
      return new Refused(
          "`%s` and `%s` are both there; say one of them"
              .formatted(side.replacing().source(), side.adding().source()));
    }
    if (side.replacing().value().isPresent()) {
      return named(side.replacing(), List.of());
    }
    if (defaults.isEmpty()) {
      String said = side.speaks() ? "there is nothing to add to" : "no scope is named";
      return new Refused(
          "%s, and the route table has no `defaultScopes`; name the scopes with `%s`; %s"
              .formatted(said, flags.replacing().source(), allowed()));
    }
    return side.speaks() ? named(side.adding(), defaults) : new Chosen(sorted(defaults));
  }

  /** Returns what is wished on top of a base. */
  private Outcome named(Wish wish, List<String> base) {
    List<String> names =
        Arrays.stream(wish.value().orElse("").split(",", -1)).map(String::strip).toList();
    if (names.contains("")) {
      String what = names.size() == 1 ? "names no scope" : "has an empty place in its list";
      return new Refused("`%s` %s; %s".formatted(wish.source(), what, allowed()));
    }
    // Everything cannot be added to something: it is named alone or not at all.
    boolean everything = base.isEmpty() && names.equals(List.of(EVERYTHING));
    List<String> unknown = names.stream().filter(name -> !offered.contains(name)).toList();
    if (!everything && !unknown.isEmpty()) {
      return new Refused(
          "`%s` names %s, which cannot be issued%s; %s"
              .formatted(wish.source(), quoted(unknown), hint(unknown), allowed()));
    }
    List<String> scopes = new ArrayList<>(base);
    scopes.addAll(names);
    return new Chosen(sorted(scopes));
  }

  private String hint(List<String> unknown) {
    return unknown.size() > 1
        ? ""
        : Nearest.to(unknown.get(0), offered)
            .map(nearest -> "; did you mean `" + nearest + "`?")
            .orElse("");
  }

  private String allowed() {
    return "allowed are " + quoted(offered) + ", or `*` alone for everything the roles hold";
  }

  private static String quoted(List<String> names) {
    return "`" + String.join("`, `", names) + "`";
  }

  private static List<String> sorted(List<String> scopes) {
    return List.copyOf(new TreeSet<>(scopes));
  }
}
