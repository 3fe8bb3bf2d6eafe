package io.scopegate.route;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a row requires: any of several sets, all of each. A set that contains another is none of its
 * own: it asks for more and is never named as missing. Immutable.
 */
public final class Requirement {
  /** A table that multiplies out to more alternatives than this is refused when it is read. */
  public static final int MAX_ALTERNATIVES = 256;

  private final Expression expression;
  private final List<Alternative> alternatives;

  /** Made when it is first asked for; a race only makes it twice. */
  private @Nullable String listing;

  private Requirement(Expression expression, List<Alternative> alternatives) {
    this.expression = expression;
    this.alternatives = List.copyOf(alternatives);
  }

  /**
   * One set that would do: everything in it must be held.
   *
   * @param here what must be held at the place that the row means
   * @param elsewhere what must be held at another place that the row names
   */
  public record Alternative(PermissionSet here, Map<Level, PermissionSet> elsewhere) {
    /** Copies what it is given. */
    public Alternative {
      elsewhere = Map.copyOf(elsewhere);
    }

    /** Returns everything in it, wherever it must be held. */
    public PermissionSet everything() {
      if (elsewhere.isEmpty()) {
        return here;
      }
      PermissionSet all = here;
      for (PermissionSet set : elsewhere.values()) {
        all = all.union(set);
      }
      return all;
    }
  }

  /**
   * Returns the requirement that an expression states.
   *
   * @throws IllegalArgumentException if it names an undeclared permission, has an empty list, or
   *     multiplies out to more than {@link #MAX_ALTERNATIVES}
   */
  public static Requirement of(Expression expression, PermissionCatalog catalog) {
    Set<Set<Expression.Term>> sets = multiplied(expression);
    List<Alternative> alternatives = new ArrayList<>();
    for (Set<Expression.Term> terms : sets) {
      if (sets.stream()
          .noneMatch(other -> other.size() < terms.size() && terms.containsAll(other))) {
        alternatives.add(alternative(terms, catalog));
      }
    }
    return new Requirement(expression, alternatives);
  }

  private static Alternative alternative(Set<Expression.Term> terms, PermissionCatalog catalog) {
    Map<Level, PermissionSet> elsewhere = new EnumMap<>(Level.class);
    PermissionSet here = catalog.none();
    for (Expression.Term term : terms) {
      PermissionSet one = catalog.of(List.of(term.permission()));
      if (term.at().isPresent()) {
        elsewhere.merge(term.at().get(), one, PermissionSet::union);
      } else {
        here = here.union(one);
      }
    }
    return new Alternative(here, elsewhere);
  }

  private static Set<Set<Expression.Term>> multiplied(Expression expression) {
    Set<Set<Expression.Term>> result = new LinkedHashSet<>();
    if (expression instanceof Expression.Term term) {
      result.add(Set.of(term));
    } else if (expression instanceof Expression.Any any) {
      any.of().forEach(one -> result.addAll(multiplied(one)));
    } else if (expression instanceof Expression.All all && !all.of().isEmpty()) {
      result.add(Set.of());
      for (Expression one : all.of()) {
        Set<Set<Expression.Term>> product = new LinkedHashSet<>();
        for (Set<Expression.Term> right : multiplied(one)) {
          for (Set<Expression.Term> left : result) {
            Set<Expression.Term> both = new LinkedHashSet<>(left);
            both.addAll(right);
            product.add(both);
          }
          checkSize(product);
        }
        result.clear();
        result.addAll(product);
      }
    }
    if (result.isEmpty()) {
      throw new IllegalArgumentException("a requirement cannot be empty");
    }
    checkSize(result);
    return result;
  }

  private static void checkSize(Set<Set<Expression.Term>> sets) {
    if (sets.size() > MAX_ALTERNATIVES) {
      throw new IllegalArgumentException(
          "a requirement multiplies out to more than " + MAX_ALTERNATIVES + " alternatives");
    }
  }

  /** Returns it in the words of the table. */
  public Expression expression() {
    return expression;
  }

  /** Returns the sets of which any one will do, in the order of the table. Never empty. */
  public List<Alternative> alternatives() {
    return alternatives;
  }

  /**
   * Returns the sets as one text: a comma and a space between two permissions, a semicolon and a
   * space between two sets.
   */
  public String listing() {
    String known = listing;
    if (known == null) {
      known =
          alternatives.stream()
              .map(alternative -> String.join(", ", alternative.everything().names()))
              .collect(Collectors.joining("; "));
      listing = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Requirement that
        && expression.equals(that.expression)
        && alternatives.equals(that.alternatives);
  }

  @Override
  public int hashCode() {
    return expression.hashCode();
  }

  /** Returns every term of an expression. */
  public static Stream<Expression.Term> terms(Expression expression) {
    if (expression instanceof Expression.Any any) {
      return any.of().stream().flatMap(Requirement::terms);
    }
    if (expression instanceof Expression.All all) {
      return all.of().stream().flatMap(Requirement::terms);
    }
    return Stream.of((Expression.Term) expression);
  }
}
