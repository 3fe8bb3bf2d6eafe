package io.scopegate.policy;

import io.scopegate.permission.Level;
import io.scopegate.permission.PermissionCatalog;
import io.scopegate.permission.PermissionSet;
import io.scopegate.permission.Role;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The roles of one policy, compiled against its catalogue: every role knows what it comes to with
 * all that it includes and implies. Immutable.
 */
public final class RoleBook {
  private final List<Role> roles;
  private final Map<Level, Map<String, Compiled>> byName = new EnumMap<>(Level.class);
  private final List<Compiled> compiled = new ArrayList<>();

  private RoleBook(Collection<Role> roles, PermissionCatalog catalog) {
    this.roles = List.copyOf(roles);
    for (Level level : Level.values()) {
      byName.put(level, new HashMap<>());
    }
    for (Role role : this.roles) {
      Compiled entry = new Compiled(role, compiled.size());
      if (index(role.level()).put(role.name(), entry) != null) {
        throw new IllegalArgumentException("role `" + role.name() + "` is declared twice");
      }
      compiled.add(entry);
    }
    for (Compiled entry : compiled) {
      compile(entry, catalog);
    }
  }

  /**
   * Compiles the roles.
   *
   * @throws IllegalArgumentException if a role refers to one that is not there, or acts upwards
   */
  public static RoleBook of(Collection<Role> roles, PermissionCatalog catalog) {
    return new RoleBook(roles, catalog);
  }

  /** Returns the roles as declared. */
  public List<Role> roles() {
    return roles;
  }

  /** Returns the role of this name at this level, if it is declared. */
  public Optional<Role> find(Level level, String name) {
    return Optional.ofNullable(index(level).get(name)).map(entry -> entry.role);
  }

  private void compile(Compiled entry, PermissionCatalog catalog) {
    collectIncluded(entry, entry.included);
    for (Compiled source : rolesOf(entry.included)) {
      for (Role.Grant grant : source.role.grants()) {
        PermissionSet inForce = catalog.inForce(grant.permissions());
        if (grant.settings().isEmpty()) {
          entry.always = entry.always == null ? inForce : entry.always.union(inForce);
        } else {
          entry.conditional.add(new Role.Grant(inForce, grant.settings()));
        }
      }
      refer(entry, source.role.actsAs(), entry.actsAs);
      refer(entry, source.role.onJoin(), entry.onJoin);
    }
  }

  private void refer(Compiled from, Map<Level, String> references, Map<Level, BitSet> into) {
    references.forEach(
        (level, name) -> {
          if (level.compareTo(from.role.level()) <= 0) {
            throw new IllegalArgumentException(
                "role `" + from.role.name() + "` refers to a role that is not below it");
          }
          BitSet bits = into.computeIfAbsent(level, key -> new BitSet());
          collectIncluded(require(level, name), bits);
        });
  }

  private void collectIncluded(Compiled entry, BitSet into) {
    if (!into.get(entry.bit)) {
      into.set(entry.bit);
      for (String name : entry.role.includes()) {
        collectIncluded(require(entry.role.level(), name), into);
      }
    }
  }

  private Compiled require(Level level, String name) {
    Compiled found = index(level).get(name);
    if (found == null) {
      throw new IllegalArgumentException("unknown " + level.word() + " role `" + name + "`");
    }
    return found;
  }

  private Map<String, Compiled> index(Level level) {
    return byName.getOrDefault(level, Map.of());
  }

  @Nullable Compiled compiled(Level level, String name) {
    return index(level).get(name);
  }

  /** Says whether one of these organization roles comes to a role in every team. */
  boolean actsAsTeams(Collection<String> names) {
    return names.stream()
        .map(name -> compiled(Level.ORGANIZATION, name))
        .anyMatch(entry -> entry != null && entry.actsAs.containsKey(Level.TEAM));
  }

  /** Returns the roles of these bits. */
  List<Compiled> rolesOf(BitSet bits) {
    List<Compiled> found = new ArrayList<>();
    for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
      found.add(compiled.get(bit));
    }
    return found;
  }

  Compiled role(int bit) {
    return compiled.get(bit);
  }

  /** A role with everything that it comes to. */
  static final class Compiled {
    final Role role;
    final int bit;

    /** Itself and all that it includes, at its own level. */
    final BitSet included = new BitSet();

    /** The roles that its holder has at every place of a lower level. */
    final Map<Level, BitSet> actsAs = new EnumMap<>(Level.class);

    /** The roles that its holder has at places of a lower level where they have a membership. */
    final Map<Level, BitSet> onJoin = new EnumMap<>(Level.class);

    final List<Role.Grant> conditional = new ArrayList<>();
    private @Nullable PermissionSet always;

    Compiled(Role role, int bit) {
      this.role = role;
      this.bit = bit;
    }

    /** Adds what this role and all it includes hold while its settings are on. */
    PermissionSet addTo(PermissionSet set, Predicate<String> isOn) {
      PermissionSet result = always == null ? set : set.union(always);
      for (Role.Grant grant : conditional) {
        if (grant.settings().stream().allMatch(isOn)) {
          result = result.union(grant.permissions());
        }
      }
      return result;
    }
  }
}
