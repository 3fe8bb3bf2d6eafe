package io.scopegate.file;

import io.scopegate.permission.Permission;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.route.Position;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads the tokens of an identities file. Used by the wiring only. */
final class TokenReader {
  private static final int LONGEST_NAME = 255;

  private final NodeReader reader;
  private final Problems problems;
  private final Policy policy;
  private final List<Organization> organizations;
  private final Function<String, Optional<Organization>> elsewhere;
  private final Optional<Instant> latestEnd;
  private final Map<List<String>, Position> names = new HashMap<>();
  private final Map<String, Position> digests = new HashMap<>();

  TokenReader(
      NodeReader reader,
      Policy policy,
      List<Identities.Entry> entries,
      Function<String, Optional<Organization>> elsewhere,
      Optional<Instant> latestEnd) {
    this.reader = reader;
    this.problems = reader.problems();
    this.policy = policy;
    this.elsewhere = elsewhere;
    this.latestEnd = latestEnd;
    this.organizations = entries.stream().map(Identities.Entry::organization).toList();
  }

  /** Returns the token, if it can be told. */
  Optional<Identities.Token> token(Fields fields) {
    int before = problems.noted();
    Optional<YamlNode.Scalar> subject = fields.requiredText("subject");
    Optional<YamlNode.Scalar> name = fields.requiredText("name");
    subject.ifPresent(text -> Names.isSubject(text.text(), text.at(), problems));
    name.ifPresent(this::checkName);
    if (subject.isPresent() && name.isPresent()) {
      checkUnique(subject.get(), name.get());
    }
    List<YamlNode.Scalar> scopes =
        fields.requiredNode("scopes").map(reader::texts).orElse(List.of());
    scopes.forEach(scope -> checkScope(scope, policy, problems));
    Bounds bounds = bounds(fields);
    Optional<YamlNode.Scalar> end = fields.text("expires");
    Optional<Instant> expires = end.flatMap(this::instant);
    if (latestEnd.isPresent() && (end.isEmpty() || expires.isPresent())) {
      checkEnd(end.or(() -> name), expires, latestEnd.get());
    }
    Optional<String> digest = fields.text("digest").flatMap(this::digest);
    fields.finish();
    return problems.noted() > before || subject.isEmpty() || name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Identities.Token(
                subject.get().text(),
                name.get().text(),
                scopes.stream().map(YamlNode.Scalar::text).toList(),
                bounds,
                expires,
                digest));
  }

  private void checkName(YamlNode.Scalar name) {
    String text = name.text();
    if (text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl)) {
      problems.error(
          name.at(),
          "token name "
              + Wording.quoted(text)
              + " must be 1 to "
              + LONGEST_NAME
              + " characters on one line");
    }
  }

  private void checkEnd(Optional<YamlNode.Scalar> word, Optional<Instant> expires, Instant latest) {
    if (word.isPresent() && (expires.isEmpty() || expires.get().isAfter(latest))) {
      problems.error(
          word.get().at(),
          expires.isEmpty()
              ? "token " + Wording.quoted(word.get().text()) + " does not end"
              : Wording.quoted(word.get().text()) + " is too late",
          "here a token must end, by `"
              + latest.truncatedTo(ChronoUnit.SECONDS)
              + "` at the latest");
    }
  }

  private void checkUnique(YamlNode.Scalar subject, YamlNode.Scalar name) {
    Position earlier = names.putIfAbsent(List.of(subject.text(), name.text()), name.at());
    if (earlier != null) {
      problems.error(
          name.at(),
          "subject "
              + Wording.quoted(subject.text())
              + " has a token "
              + Wording.quoted(name.text())
              + " at line "
              + earlier.line()
              + " already");
    }
  }

  /** Notes what keeps a token from being issued with this scope. */
  static void checkScope(YamlNode.Scalar scope, Policy policy, Problems problems) {
    if (scope.text().equals("*")) {
      return;
    }
    Optional<Permission> permission = policy.catalog().find(scope.text());
    if (permission.isEmpty()) {
      problems.unknown(scope.at(), "scope", scope.text(), policy.catalog().names());
    } else if (permission.get().planned()) {
      problems.error(
          scope.at(),
          "scope " + Wording.quoted(scope.text()) + " is planned: no token can be issued with it");
    }
  }

  private Bounds bounds(Fields fields) {
    Optional<Organization> organization =
        fields.text("organization").flatMap(text -> organization(text.text(), text.at()));
    Optional<YamlNode> list = fields.node("projects");
    if (list.isEmpty()) {
      return organization.map(found -> Bounds.organization(found.id())).orElse(Bounds.none());
    }
    List<YamlNode.Scalar> words = reader.texts(list.get());
    if (list.get() instanceof YamlNode.Sequence sequence && sequence.items().isEmpty()) {
      // Taken for "no bound" it would open what somebody meant to close.
      problems.error(sequence.at(), "an empty list of projects", "leave the key out");
    }
    Optional<Organization> common = organization;
    Set<String> ids = new TreeSet<>();
    for (YamlNode.Scalar word : words) {
      int slash = word.text().indexOf('/');
      if (slash < 0) {
        problems.error(
            word.at(),
            "project " + Wording.quoted(word.text()) + " must name its organization",
            "as in `acme/api`");
        continue;
      }
      Optional<Organization> owner = organization(word.text().substring(0, slash), word.at());
      if (owner.isEmpty()) {
        continue;
      }
      if (common.isPresent() && !common.get().id().equals(owner.get().id())) {
        problems.error(
            word.at(),
            "project "
                + Wording.quoted(word.text())
                + " is not of organization "
                + Wording.quoted(common.get().id()));
      }
      common = common.or(() -> owner);
      project(owner.get(), word, word.text().substring(slash + 1)).ifPresent(ids::add);
    }
    return common.isPresent() ? Bounds.projects(common.get().id(), ids) : Bounds.none();
  }

  private Optional<String> project(Organization owner, YamlNode.Scalar word, String name) {
    Optional<Organization.Project> project = owner.project(name);
    if (project.isEmpty()) {
      problems.unknown(
          word.at(),
          "project",
          word.text(),
          owner.projects().keySet().stream().map(id -> owner.id() + "/" + id).toList());
    }
    return project.map(Organization.Project::id);
  }

  private Optional<Organization> organization(String name, Position at) {
    Optional<Organization> found =
        organizations.stream()
            .filter(candidate -> candidate.isCalled(name))
            .findFirst()
            .or(() -> elsewhere.apply(name));
    if (found.isEmpty()) {
      problems.unknown(
          at, "organization", name, organizations.stream().map(Organization::id).toList());
    }
    return found;
  }

  /** Reads a date and time (RFC 3339 §5.6). */
  private Optional<Instant> instant(YamlNode.Scalar scalar) {
    String text = scalar.text().toUpperCase(Locale.ROOT);
    try {
      if (text.matches(
          "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})")) {
        return Optional.of(OffsetDateTime.parse(text).toInstant());
      }
    } catch (DateTimeParseException impossible) {
      // Falls through to the message, which says what would be right.
    }
    problems.error(
        scalar.at(),
        Wording.quoted(scalar.text()) + " is no date and time",
        "write it as `2027-01-01T00:00:00Z`");
    return Optional.empty();
  }

  private Optional<String> digest(YamlNode.Scalar scalar) {
    if (!scalar.text().matches("sha256:[0-9a-fA-F]{64}")) {
      problems.error(
          scalar.at(),
          Wording.quoted(scalar.text()) + " is no digest",
          "write `sha256:` and 64 hexadecimal digits");
      return Optional.empty();
    }
    String hex = scalar.text().substring("sha256:".length()).toLowerCase(Locale.ROOT);
    Position earlier = digests.putIfAbsent(hex, scalar.at());
    if (earlier != null) {
      problems.error(
          scalar.at(), "digest is that of the token at line " + earlier.line() + " already");
      return Optional.empty();
    }
    return Optional.of(hex);
  }
}
