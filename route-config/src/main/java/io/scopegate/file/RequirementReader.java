package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Expression;
import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code require:} and {@code role:}. Used by the wiring only. */
final class RequirementReader {
  private final NodeReader reader;
  private final Problems problems;
  private final Inclusion inclusion;

  RequirementReader(NodeReader reader, Inclusion inclusion) {
    this.reader = reader;
    this.problems = reader.problems();
    this.inclusion = inclusion;
  }

  /** Returns a requirement that has no empty list in it. */
  Optional<RequirementEntry> requirement(YamlNode node) {
    List<RequirementEntry.TermEntry> terms = new ArrayList<>();
    return expression(node, terms)
        .map(expression -> new RequirementEntry(node.at(), expression, List.copyOf(terms)));
  }

  private Optional<Expression> expression(YamlNode node, List<RequirementEntry.TermEntry> terms) {
    if (node instanceof YamlNode.Sequence) {
      return items(node, terms).map(Expression.All::new);
    }
    if (!(node instanceof YamlNode.Mapping)) {
      return reader.text(node).map(text -> term(inclusion.word(text), Optional.empty(), terms));
    }
    Fields fields = reader.fields(node);
    Optional<YamlNode> any = fields.node("any");
    Optional<YamlNode> all = fields.node("all");
    Optional<YamlNode> permission = fields.node("permission");
    long forms = java.util.stream.Stream.of(any, all, permission).flatMap(Optional::stream).count();
    Optional<Level> place =
        permission.isPresent() ? fields.oneOf("at", CatalogueReader.LEVELS) : Optional.empty();
    boolean broken = permission.isPresent() && fields.has("at") && place.isEmpty();
    fields.finish();
    if (forms != 1) {
      problems.error(node.at(), "expected exactly one of `any`, `all` and `permission`");
      return Optional.empty();
    }
    if (permission.isPresent()) {
      return reader
          .text(permission.get())
          .map(text -> term(inclusion.word(text), place, terms))
          .filter(term -> !broken);
    }
    return any.isPresent()
        ? items(any.get(), terms).map(Expression.Any::new)
        : all.flatMap(value -> items(value, terms)).map(Expression.All::new);
  }

  private static Expression term(
      Word permission, Optional<Level> place, List<RequirementEntry.TermEntry> terms) {
    terms.add(new RequirementEntry.TermEntry(permission, place));
    return new Expression.Term(permission.name(), place);
  }

  private Optional<List<Expression>> items(YamlNode node, List<RequirementEntry.TermEntry> terms) {
    Optional<List<YamlNode>> items = reader.list(node);
    if (items.isEmpty()) {
      return Optional.empty();
    }
    if (items.get().isEmpty()) {
      problems.error(node.at(), "an empty list requires nothing");
      return Optional.empty();
    }
    List<Expression> expressions = new ArrayList<>();
    items.get().forEach(item -> expression(item, terms).ifPresent(expressions::add));
    return expressions.size() == items.get().size() ? Optional.of(expressions) : Optional.empty();
  }

  /** Returns the roles of which one is needed, per level; those that can be read. */
  RowEntry.RoleDemand roles(YamlNode node) {
    Map<Level, List<Word>> roles = new EnumMap<>(Level.class);
    Map<Level, Position> levels = new EnumMap<>(Level.class);
    Fields fields = reader.fields(node);
    for (Level level : Level.values()) {
      fields
          .node(level.word())
          .ifPresent(
              value -> {
                List<YamlNode> items = reader.oneOrMore(value);
                if (items.isEmpty()) {
                  problems.error(value.at(), "an empty list of roles");
                }
                levels.put(level, fields.keyAt(level.word()));
                roles.put(
                    level,
                    items.stream()
                        .flatMap(item -> reader.text(item).stream())
                        .map(inclusion::word)
                        .toList());
              });
    }
    fields.finish();
    if (fields.isReadable() && levels.isEmpty()) {
      problems.error(node.at(), "`role` names no role");
    }
    return new RowEntry.RoleDemand(node.at(), roles, levels);
  }
}
