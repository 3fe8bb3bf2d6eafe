package io.scopegate.admin;

import io.scopegate.permission.Level;
import io.scopegate.route.Condition;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.Forwarding;
import io.scopegate.route.HostPattern;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One row of the table as JSON, in the words of the routes file. */
final class RowListing {
  private RowListing() {}

  static Map<String, Object> of(Route route) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", route.id());
    fields.put("match", String.join(",", methods(route)) + " " + route.path().text());
    route.host().ifPresent(host -> fields.put("host", host(host)));
    route.when().ifPresent(when -> fields.put("when", condition(when)));
    rule(fields, route.rule());
    forwarding(fields, route.forwarding());
    if (route.encodedSlash()) {
      fields.put("encodedSlash", "allow");
    }
    if (route.pathParameters()) {
      fields.put("pathParameters", "allow");
    }
    if (!route.description().isEmpty()) {
      fields.put("description", route.description());
    }
    if (!route.tags().isEmpty()) {
      fields.put("tags", route.tags());
    }
    Map<String, Object> places = new LinkedHashMap<>();
    for (Level level : Level.values()) {
      route
          .places()
          .at(level)
          .ifPresent(place -> places.put(level.word(), TableListing.place(place)));
    }
    fields.put("places", places);
    fields.put("at", route.at().file() + ":" + route.at().line());
    return fields;
  }

  private static List<String> methods(Route route) {
    return route.methods().stream().sorted().toList();
  }

  private static String host(HostPattern host) {
    return host.label().map(label -> "{" + label + "}").orElse("") + host.rest();
  }

  private static void rule(Map<String, Object> fields, Rule rule) {
    if (rule instanceof Rule.Public) {
      fields.put("access", "public");
    } else if (rule instanceof Rule.Authenticated authenticated) {
      fields.put("access", "authenticated");
      credential(fields, authenticated.credential());
    } else if (rule instanceof Rule.Permitted permitted) {
      fields.put("require", permitted.requirement().expression().plain());
      if (!permitted.roles().isEmpty()) {
        Map<String, Object> roles = new LinkedHashMap<>();
        for (Level level : Level.values()) {
          List<String> names = permitted.roles().get(level);
          if (names != null) {
            roles.put(level.word(), names);
          }
        }
        fields.put("role", roles);
      }
      target(fields, permitted.target());
      credential(fields, permitted.credential());
    }
  }

  private static void target(Map<String, Object> fields, Rule.Target target) {
    if (target == Rule.Target.LISTED_PROJECTS) {
      fields.put("list", "project");
    }
    // `at` is where the row stands, so where its requirement is held needs another word.
    fields.put(
        "heldAt",
        switch (target) {
          case ORGANIZATION, TEAM, PROJECT -> target.name().toLowerCase(Locale.ROOT);
          case ANY_ORGANIZATION -> "any";
          case LISTED_PROJECTS -> "project";
        });
  }

  private static void credential(Map<String, Object> fields, Optional<CredentialKind> kind) {
    kind.ifPresent(one -> fields.put("credential", one.word()));
  }

  private static void forwarding(Map<String, Object> fields, Forwarding forwarding) {
    fields.put("backend", forwarding.backend());
    if (!forwarding.stripPrefix().isEmpty()) {
      fields.put("stripPrefix", forwarding.stripPrefix());
    }
    fields.put("mode", forwarding.shadow() ? "shadow" : "enforce");
    forwarding.timeout().ifPresent(timeout -> fields.put("timeout", timeout.toMillis() + "ms"));
    forwarding.bodyLimitBytes().ifPresent(limit -> fields.put("bodyLimitBytes", limit));
    if (forwarding.webSocket()) {
      fields.put("upgrade", "websocket");
    }
  }

  private static List<Object> condition(Condition condition) {
    List<Object> clauses = new ArrayList<>();
    for (Condition.Clause clause : condition.clauses()) {
      if (clause instanceof Condition.Own own) {
        clauses.add(Map.of("own", own.parameter()));
      } else if (clause instanceof Condition.Query query) {
        clauses.add(Map.of("query", Map.of(query.key(), test(query.test()))));
      } else if (clause instanceof Condition.Header header) {
        clauses.add(Map.of("header", Map.of(header.name(), test(header.test()))));
      } else if (clause instanceof Condition.Parameter parameter) {
        clauses.add(Map.of("param", Map.of(parameter.name(), test(parameter.test()))));
      }
    }
    return clauses;
  }

  private static String test(Condition.Test test) {
    if (test instanceof Condition.Accepted accepted) {
      return accepted.text();
    }
    return test instanceof Condition.Present ? "present" : "absent";
  }
}
