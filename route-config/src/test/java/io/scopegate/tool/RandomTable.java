package io.scopegate.tool;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** A small random route table that can be edited at random. */
final class RandomTable {
  private static final List<String> PERMISSIONS = List.of("a", "b", "c", "d");
  private static final List<String> TEMPLATES =
      List.of(
          "/x",
          "/x/y",
          "/x/{id}",
          "/{one}/y",
          "/x/{rest*}",
          "/x/{id}/",
          "/x/{id}:go",
          "/o/{org}",
          "/o/{org}/p/{project}",
          "/o/{org}/t/{team}",
          "/o/{org}/t/{team}/p/{project}",
          "/o/{org}/{rest*}");
  private static final List<String> METHODS = List.of("GET", "POST", "GET,POST", "ANY", "HEAD");
  private static final List<String> CONDITIONS =
      List.of(
          "query: { q: v1 }",
          "query: { q: [v1, v2] }",
          "query: { q: present }",
          "query: { q: absent }",
          "query: { q: '/v./' }",
          "header: { X-H: h1 }",
          "header: { x-h: absent }",
          "query: { q: v2 }, header: { X-H: present }",
          "query: { o: absent }");

  /** The last source is there for the rows whose template has no organization. */
  private static final List<String> ORGANIZATIONS =
      List.of(
          "[{ path: org }, { from: token }]",
          "[{ path: org }, { from: token }]",
          "{ from: token }",
          "[{ query: o }, { path: org }, { from: token }]",
          "[{ path: org }, { query: o }]",
          "[{ path: org }, { is: acme }]",
          "{ is: acme }");

  private static final List<String> REACHES =
      List.of("", ", reach: members", ", reach: organization", ", hide: true");

  private static final List<String> PAGES =
      List.of(
          "",
          ", cors: { origins: ['https://a.example'] }",
          ", cors: { origins: ['https://a.example', 'https://b.example'] }",
          ", cors: { origins: ['https://a.example'], credentials: true }",
          ", cors: { origins: ['*'] }",
          ", cors: { origins: ['https://b.example'], allowedHeaders: [X-H, If-Match] }",
          ", cors: { origins: ['https://b.example'], exposedHeaders: [] }");

  private final Random random;

  /** What has come to tables later has its own, so that a seed still gives the rest it gave. */
  private final Random later;

  private final List<Row> rows = new ArrayList<>();

  /** Per template, because rows of one match must say the same of pages. */
  private final Map<String, String> pages = new TreeMap<>();

  private final Map<String, String> grants = new TreeMap<>();
  private String organization;
  private String team;
  private String project;
  private boolean implies;
  private boolean emptyFull;
  private boolean switchOn;

  RandomTable(long seed) {
    this.random = new Random(seed);
    this.later = new Random(seed);
    this.organization = ORGANIZATIONS.get(0);
    this.team = "{ path: team }";
    this.project = "{ path: project }";
    for (String role :
        List.of("organization O", "organization P", "team T", "project Q", "project R")) {
      grants.put(role, role(role));
    }
    for (int i = 0; i < 4 + random.nextInt(5); i++) {
      rows.add(row());
    }
    String ofMost = later.nextBoolean() ? "" : PAGES.get(later.nextInt(PAGES.size()));
    TEMPLATES.forEach(template -> pages.put(template, ofMost));
  }

  /** A row without what its template says of pages. */
  private record Row(String template, String words) {}

  /** Makes one to three edits. */
  void edit() {
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      switch (random.nextInt(10)) {
        case 0 -> rows.add(row());
        case 1 -> rows.remove(random.nextInt(rows.size()));
        case 2, 3, 4 -> rows.set(random.nextInt(rows.size()), row());
        case 5 -> {
          String role = one(List.copyOf(grants.keySet()));
          grants.put(role, role(role));
        }
        case 6 -> implies = !implies;
        case 7 -> organization = one(ORGANIZATIONS);
        case 8 -> {
          team = "{ path: team" + one(REACHES) + " }";
          project = "{ path: project" + one(REACHES) + " }";
        }
        default -> {
          if (random.nextBoolean()) {
            emptyFull = !emptyFull;
          } else {
            switchOn = !switchOn;
          }
        }
      }
      if (rows.isEmpty()) {
        rows.add(row());
      }
    }
    if (later.nextInt(3) == 0) {
      Row row = rows.get(later.nextInt(rows.size()));
      pages.put(row.template(), PAGES.get(later.nextInt(PAGES.size())));
    }
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String role(String role) {
    List<String> held = new ArrayList<>();
    for (String permission : PERMISSIONS) {
      switch (random.nextInt(4)) {
        case 0 -> held.add(permission);
        case 1 -> held.add("{ permission: " + permission + ", when: s }");
        default -> {}
      }
    }
    String below =
        role.startsWith("organization") && random.nextInt(3) == 0 ? ", actsAs: { project: Q }" : "";
    return "{ grants: [" + String.join(", ", held) + "]" + below + " }";
  }

  private Row row() {
    String template = one(TEMPLATES);
    String methods = one(METHODS);
    StringBuilder row = new StringBuilder("  - { match: \"" + methods + " " + template + "\"");
    if (random.nextInt(2) == 0) {
      String when =
          template.contains("{id}") && random.nextInt(3) == 0
              ? "own: id" + (random.nextBoolean() ? "" : ", " + one(CONDITIONS))
              : one(CONDITIONS);
      row.append(", when: { ").append(when).append(" }");
    }
    row.append(", ").append(demand(template));
    if (random.nextInt(7) == 0) {
      row.append(", mode: shadow");
    }
    if (later.nextInt(4) == 0 && (methods.contains("GET") || methods.equals("ANY"))) {
      row.append(", upgrade: websocket");
    }
    return new Row(template, row.toString());
  }

  private String demand(String template) {
    int kind = random.nextInt(8);
    if (kind == 0) {
      return "access: public";
    }
    if (kind == 1) {
      return "access: authenticated" + (random.nextBoolean() ? "" : ", credential: token");
    }
    String require =
        switch (random.nextInt(4)) {
          case 0 -> one(PERMISSIONS);
          case 1 -> "[" + one(PERMISSIONS) + ", " + one(PERMISSIONS) + "]";
          case 2 -> "{ any: [" + one(PERMISSIONS) + ", " + one(PERMISSIONS) + "] }";
          default ->
              "{ any: ["
                  + one(PERMISSIONS)
                  + ", { all: ["
                  + one(PERMISSIONS)
                  + ", "
                  + one(PERMISSIONS)
                  + "] }] }";
        };
    StringBuilder demand = new StringBuilder("require: " + require);
    boolean project = template.contains("{project}");
    if (template.contains("{team}") && project) {
      demand.append(", at: ").append(one(List.of("organization", "team", "project")));
    } else if (!project && !template.contains("{team}")) {
      demand.append(one(List.of("", "", ", at: any", ", list: project")));
    }
    if (project && random.nextInt(3) == 0) {
      demand.append(", role: { project: ").append(one(List.of("Q", "R"))).append(" }");
    } else if (random.nextInt(5) == 0) {
      demand.append(", role: { organization: [O, P] }");
    }
    if (random.nextInt(6) == 0) {
      demand.append(", credential: ").append(one(List.of("session", "token")));
    }
    return demand.toString();
  }

  String text() {
    StringBuilder text = new StringBuilder("apiVersion: scopegate/v1\nbackend: core\n");
    text.append("permissions: { a: A thing, b: B thing, c: C thing, d: D thing }\n");
    text.append(implies ? "implies: { a: [b] }\n" : "");
    text.append(emptyFull ? "emptyScopes: full\n" : "");
    text.append("settings: { s: { default: ").append(switchOn).append(" } }\nroles:\n");
    for (String level : List.of("organization", "team", "project")) {
      text.append("  ").append(level).append(":\n");
      grants.forEach(
          (role, held) -> {
            if (role.startsWith(level + " ")) {
              text.append("    ").append(role.substring(level.length() + 1)).append(": ");
              text.append(held).append('\n');
            }
          });
    }
    text.append("places:\n  organization: ").append(organization);
    text.append("\n  team: ").append(team).append("\n  project: ").append(project);
    text.append("\nroutes:\n");
    rows.forEach(row -> text.append(row.words()).append(pages.get(row.template())).append(" }\n"));
    return text.toString();
  }

  /** Returns the policy, if the table is a good one. */
  Optional<Policy> policy() {
    return PolicyReader.read("r.yaml", FileSource.of(Map.of("r.yaml", text())), Optional.empty())
        .policy();
  }
}
