package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Position;
import java.util.Map;
import java.util.Optional;

/** Reads who gets through a row. Used by the wiring only. */
final class DemandReader {
  private static final Map<String, Optional<Level>> TARGETS =
      Map.of(
          "organization", Optional.of(Level.ORGANIZATION),
          "team", Optional.of(Level.TEAM),
          "project", Optional.of(Level.PROJECT),
          "any", Optional.empty());

  private final NodeReader reader;
  private final Problems problems;
  private final RequirementReader requirements;
  private final ConditionReader conditions;

  DemandReader(NodeReader reader, Inclusion inclusion) {
    this.reader = reader;
    this.problems = reader.problems();
    this.requirements = new RequirementReader(reader, inclusion);
    this.conditions = new ConditionReader(reader);
  }

  /**
   * Reads it.
   *
   * @param whole where problems of all of it are shown
   */
  RowEntry.Demand demand(RowFields fields, Position whole) {
    Optional<YamlNode> require = fields.node("require");
    Optional<YamlNode> access = fields.node("access");
    if (require.isPresent() && access.isPresent()) {
      problems.error(whole, "both `require` and `access`", "a row has exactly one of them");
    }
    Optional<RequirementEntry> requirement = require.flatMap(requirements::requirement);
    Optional<Boolean> everybody =
        access.flatMap(node -> reader.oneOf(node, Map.of("public", true, "authenticated", false)));
    Optional<RowEntry.Admittance> admittance =
        requirement
            .<RowEntry.Admittance>map(RowEntry.Required::new)
            .or(() -> everybody.map(RowEntry.Open::new));
    Optional<YamlNode> at = fields.node("at");
    return new RowEntry.Demand(
        admittance,
        fields.node("role").map(requirements::roles),
        at.flatMap(
            node ->
                reader.oneOf(node, TARGETS).map(level -> new RowEntry.Target(level, node.at()))),
        fields
            .node("list")
            .flatMap(node -> reader.oneOf(node, Map.of("project", true)))
            .isPresent(),
        fields
            .node("credential")
            .flatMap(
                node ->
                    reader.oneOf(
                        node,
                        Map.of("session", CredentialKind.SESSION, "token", CredentialKind.TOKEN))),
        fields.node("when").flatMap(conditions::condition));
  }

  /** Notes what does not go together in a row. */
  void check(RowEntry.Demand demand, RowFields fields, Position match) {
    if (!fields.has("require") && !fields.has("access")) {
      problems.error(match, "neither `require` nor `access`", "a row has exactly one of them");
    }
    if (!fields.has("require")) {
      if (fields.has("role")) {
        problems.error(
            fields.isOwn("role") ? fields.own().keyAt("role") : match, "`role` without `require`");
      }
      for (String key : new String[] {"at", "list"}) {
        if (fields.isOwn(key)) {
          problems.error(fields.own().keyAt(key), Wording.quoted(key) + " without `require`");
        }
      }
    }
    if (demand.admittance().equals(Optional.of(new RowEntry.Open(true)))
        && fields.isOwn("credential")) {
      problems.error(fields.own().keyAt("credential"), "`credential` with `access: public`");
    }
  }
}
