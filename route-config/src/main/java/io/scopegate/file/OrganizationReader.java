package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.Role;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads one organization of an identities file. Used by the wiring only. */
final class OrganizationReader {
  private final NodeReader reader;
  private final Problems problems;
  private final Policy policy;
  private final AliasCheck organizations;
  private final Optional<AliasCheck> projectsEverywhere;

  OrganizationReader(NodeReader reader, Policy policy) {
    this.reader = reader;
    this.problems = reader.problems();
    this.policy = policy;
    this.organizations = new AliasCheck("organization", reader);
    // Where a row learns the organization from the project, a project's name must tell it.
    this.projectsEverywhere =
        policy.learnsOrganizationFromProject()
            ? Optional.of(new AliasCheck("project", reader))
            : Optional.empty();
  }

  /** Returns the organization with its members. */
  Optional<Identities.Entry> organization(YamlNode.Entry entry) {
    organizations.id(entry.key(), entry.keyAt());
    Fields fields = reader.fields(entry.value());
    Set<String> aliases = organizations.aliases(fields.node("aliases"));
    Map<String, Boolean> settings = settings(fields);
    Map<Level, Map<String, List<String>>> custom = customRoles(fields);
    Map<String, Set<String>> members = members(fields, Level.ORGANIZATION, custom);
    Map<String, Organization.Project> projects = new LinkedHashMap<>();
    Map<String, Map<String, Set<String>>> projectMembers = new LinkedHashMap<>();
    AliasCheck projectNames = projectsEverywhere.orElseGet(() -> new AliasCheck("project", reader));
    for (YamlNode.Entry project : fields.entries("projects")) {
      projectNames.id(project.key(), project.keyAt());
      Fields content = reader.fields(project.value());
      Set<String> names = projectNames.aliases(content.node("aliases"));
      projects.put(project.key(), new Organization.Project(project.key(), names));
      projectMembers.put(project.key(), members(content, Level.PROJECT, custom));
      content.finish();
    }
    Map<String, Organization.Team> teams = new LinkedHashMap<>();
    Map<String, Map<String, Set<String>>> teamMembers = new LinkedHashMap<>();
    AliasCheck teamNames = new AliasCheck("team", reader);
    for (YamlNode.Entry team : fields.entries("teams")) {
      teamNames.id(team.key(), team.keyAt());
      Fields content = reader.fields(team.value());
      Set<String> names = teamNames.aliases(content.node("aliases"));
      Set<String> owned = owned(content, projects.keySet());
      teams.put(team.key(), new Organization.Team(team.key(), names, owned));
      teamMembers.put(team.key(), members(content, Level.TEAM, custom));
      content.finish();
    }
    fields.finish();
    Organization organization =
        new Organization(entry.key(), aliases, settings, custom, teams, projects);
    return Optional.of(new Identities.Entry(organization, members, teamMembers, projectMembers));
  }

  private Map<String, Boolean> settings(Fields organization) {
    Map<String, Boolean> settings = new LinkedHashMap<>();
    for (YamlNode.Entry entry : organization.entries("settings")) {
      if (!policy.settings().containsKey(entry.key())) {
        problems.unknown(entry.keyAt(), "setting", entry.key(), policy.settings().keySet());
      }
      reader.flag(entry.value()).ifPresent(on -> settings.put(entry.key(), on));
    }
    return settings;
  }

  private Map<Level, Map<String, List<String>>> customRoles(Fields organization) {
    Map<Level, Map<String, List<String>>> custom = new EnumMap<>(Level.class);
    organization
        .fields("roles")
        .ifPresent(
            levels -> {
              for (Level level : Level.values()) {
                Map<String, List<String>> roles = new LinkedHashMap<>();
                for (YamlNode.Entry entry : levels.entries(level.word())) {
                  roles.put(entry.key(), customRole(level, entry));
                }
                if (!roles.isEmpty()) {
                  custom.put(level, roles);
                }
              }
              levels.finish();
            });
    return custom;
  }

  private List<String> customRole(Level level, YamlNode.Entry entry) {
    Names.isName("role", entry.key(), entry.keyAt(), problems);
    if (policy.roles().find(level, entry.key()).isPresent()) {
      problems.error(
          entry.keyAt(),
          "role " + Wording.quoted(entry.key()) + " is one of the route table already");
    }
    Fields fields = reader.fields(entry.value());
    fields.text("description");
    List<String> grants = new ArrayList<>();
    for (YamlNode.Scalar permission : fields.texts("grants")) {
      Optional<Permission> found = policy.catalog().find(permission.text());
      if (found.isEmpty()) {
        problems.unknown(
            permission.at(), "permission", permission.text(), policy.catalog().names());
      } else if (found.get().planned()) {
        problems.warning(
            permission.at(),
            "permission "
                + Wording.quoted(permission.text())
                + " is planned: the role does not hold it yet");
      }
      grants.add(permission.text());
    }
    fields.finish();
    return grants;
  }

  private Set<String> owned(Fields team, Set<String> projects) {
    Set<String> owned = new LinkedHashSet<>();
    for (YamlNode.Scalar project : team.texts("projects")) {
      if (!projects.contains(project.text())) {
        problems.unknown(project.at(), "project", project.text(), projects);
      }
      owned.add(project.text());
    }
    return owned;
  }

  private Map<String, Set<String>> members(
      Fields place, Level level, Map<Level, Map<String, List<String>>> custom) {
    Map<String, Set<String>> members = new LinkedHashMap<>();
    for (YamlNode.Entry entry : place.entries("members")) {
      Names.isSubject(entry.key(), entry.keyAt(), problems);
      Optional<List<YamlNode>> items = reader.list(entry.value());
      if (items.isPresent() && items.get().isEmpty()) {
        problems.error(
            entry.value().at(), "member " + Wording.quoted(entry.key()) + " has no role");
      }
      Set<String> roles = new LinkedHashSet<>();
      for (YamlNode item : items.orElse(List.of())) {
        reader
            .text(item)
            .ifPresent(
                role -> {
                  checkRole(role, level, custom.getOrDefault(level, Map.of()).keySet());
                  roles.add(role.text());
                });
      }
      members.put(entry.key(), roles);
    }
    return members;
  }

  private void checkRole(YamlNode.Scalar role, Level level, Set<String> custom) {
    if (policy.roles().find(level, role.text()).isEmpty() && !custom.contains(role.text())) {
      Set<String> known = new TreeSet<>(custom);
      policy.roles().roles().stream()
          .filter(declared -> declared.level() == level)
          .map(Role::name)
          .forEach(known::add);
      problems.unknown(role.at(), level.word() + " role", role.text(), known);
    }
  }
}
