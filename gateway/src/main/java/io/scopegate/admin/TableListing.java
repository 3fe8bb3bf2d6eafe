package io.scopegate.admin;

import io.scopegate.permission.Level;
import io.scopegate.permission.Permission;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.Role;
import io.scopegate.policy.Policy;
import io.scopegate.route.Place;
import io.scopegate.route.Route;
import io.scopegate.route.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The table as the gateway sees it, presets expanded, as JSON. Safe from any thread. */
public final class TableListing {
  private TableListing() {}

  /** Returns everything that the policy says. */
  public static Map<String, Object> of(Policy policy) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("permissions", permissions(policy.catalog()));
    fields.put("implies", implies(policy.catalog()));
    fields.put("emptyScopes", policy.emptyScopesFull() ? "full" : "none");
    fields.put("defaultScopes", policy.defaultScopes());
    fields.put("settings", new TreeMap<>(policy.settings()));
    fields.put("roles", roles(policy));
    fields.put("places", places(policy.routes().routes()));
    fields.put("routes", policy.routes().routes().stream().map(RowListing::of).toList());
    return fields;
  }

  private static Map<String, Object> permissions(PermissionCatalog catalog) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Permission permission : catalog.permissions()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("description", permission.description());
      permission.level().ifPresent(level -> fields.put("level", level.word()));
      if (permission.planned()) {
        fields.put("planned", true);
      }
      all.put(permission.name(), fields);
    }
    return all;
  }

  /** What each permission comes to, closed transitively; those that imply nothing are left out. */
  private static Map<String, Object> implies(PermissionCatalog catalog) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Permission permission : catalog.permissions()) {
      List<String> implied =
          catalog.inForce(catalog.of(List.of(permission.name()))).names().stream()
              .filter(name -> !name.equals(permission.name()))
              .toList();
      if (!implied.isEmpty()) {
        all.put(permission.name(), implied);
      }
    }
    return all;
  }

  private static Map<String, Object> roles(Policy policy) {
    Map<String, Object> byLevel = new LinkedHashMap<>();
    for (Level level : Level.values()) {
      Map<String, Object> byName = new LinkedHashMap<>();
      policy.roles().roles().stream()
          .filter(role -> role.level() == level)
          .forEach(role -> byName.put(role.name(), role(role)));
      byLevel.put(level.word(), byName);
    }
    return byLevel;
  }

  private static Map<String, Object> role(Role role) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (!role.description().isEmpty()) {
      fields.put("description", role.description());
    }
    fields.put("includes", role.includes().stream().sorted().toList());
    List<Object> grants = new ArrayList<>();
    for (Role.Grant grant : role.grants()) {
      for (String permission : grant.permissions().names()) {
        grants.add(
            grant.settings().isEmpty()
                ? permission
                : fieldsOf(
                    "permission", permission, "when", grant.settings().stream().sorted().toList()));
      }
    }
    fields.put("grants", grants);
    fields.put("actsAs", byWord(role.actsAs()));
    fields.put("onJoin", byWord(role.onJoin()));
    return fields;
  }

  private static Map<String, Object> byWord(Map<Level, String> roles) {
    Map<String, Object> fields = new TreeMap<>();
    roles.forEach((level, name) -> fields.put(level.word(), name));
    return fields;
  }

  /** Where rows say that a place is named: every source in use, by level. */
  private static Map<String, Object> places(List<Route> routes) {
    Map<String, Object> byLevel = new LinkedHashMap<>();
    for (Level level : Level.values()) {
      Set<Object> forms = new LinkedHashSet<>();
      for (Route route : routes) {
        route.places().at(level).ifPresent(place -> forms.add(place(place)));
      }
      byLevel.put(level.word(), forms);
    }
    return byLevel;
  }

  static Map<String, Object> place(Place place) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("sources", place.sources().stream().map(TableListing::source).toList());
    fields.put("reach", place.reach().name().toLowerCase(Locale.ROOT));
    fields.put("hide", place.hide());
    return fields;
  }

  private static Map<String, Object> source(Source source) {
    if (source instanceof Source.PathParameter path) {
      return fieldsOf("path", path.name());
    } else if (source instanceof Source.HostLabel host) {
      return fieldsOf("host", host.name());
    } else if (source instanceof Source.QueryParameter query) {
      return fieldsOf("query", query.key());
    } else if (source instanceof Source.HeaderField header) {
      return fieldsOf("header", header.name());
    } else if (source instanceof Source.Fixed fixed) {
      return fieldsOf("is", fixed.id());
    }
    return fieldsOf("from", source instanceof Source.FromToken ? "token" : "project");
  }

  static Map<String, Object> fieldsOf(Object... keysAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      fields.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
    }
    return fields;
  }
}
