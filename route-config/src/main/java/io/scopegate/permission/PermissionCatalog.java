package io.scopegate.permission;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The permissions of one policy: their names, their bits, and what implies what. A bit means
 * something in its own catalogue only, which is why a {@link PermissionSet} remembers where it is
 * from. Immutable.
 */
public final class PermissionCatalog {
  private final List<Permission> declared;

  /** By bit, which is the order of the names: a set lists its names sorted without sorting them. */
  private final List<Permission> permissions;

  private final Map<String, Integer> bits;
  private final long[][] implied;
  private final PermissionSet none;
  private final PermissionSet planned;
  private final PermissionSet all;
  private final Map<Level, PermissionSet> tied = new EnumMap<>(Level.class);

  private PermissionCatalog(
      List<Permission> permissions, Map<String, ? extends Collection<String>> implies) {
    this.declared = List.copyOf(permissions);
    this.permissions = declared.stream().sorted(Comparator.comparing(Permission::name)).toList();
    this.bits = new HashMap<>();
    for (int bit = 0; bit < this.permissions.size(); bit++) {
      String name = this.permissions.get(bit).name();
      if (bits.put(name, bit) != null) {
        throw new IllegalArgumentException("permission `" + name + "` is declared twice");
      }
    }
    int words = words();
    this.none = new PermissionSet(this, new long[words]);
    long[] plannedBits = new long[words];
    long[] allBits = new long[words];
    for (int bit = 0; bit < this.permissions.size(); bit++) {
      long[] target = this.permissions.get(bit).planned() ? plannedBits : allBits;
      target[bit >> 6] |= 1L << bit;
    }
    this.planned = new PermissionSet(this, plannedBits);
    this.all = new PermissionSet(this, allBits);
    for (Permission permission : this.permissions) {
      permission
          .level()
          .ifPresent(
              level -> tied.merge(level, of(List.of(permission.name())), PermissionSet::union));
    }
    this.implied = closures(implies);
  }

  /**
   * Returns the catalogue of these permissions.
   *
   * @param implies what each permission implies; closed transitively, cycles do no harm
   * @throws IllegalArgumentException if a name is declared twice or {@code implies} names an
   *     unknown one
   */
  public static PermissionCatalog of(
      List<Permission> permissions, Map<String, ? extends Collection<String>> implies) {
    return new PermissionCatalog(permissions, implies);
  }

  private long[][] closures(Map<String, ? extends Collection<String>> implies) {
    long[][] closures = new long[permissions.size()][];
    for (int bit = 0; bit < closures.length; bit++) {
      long[] reached = new long[words()];
      Deque<Integer> open = new ArrayDeque<>(List.of(bit));
      while (!open.isEmpty()) {
        int next = open.pop();
        if ((reached[next >> 6] & 1L << next) == 0) {
          reached[next >> 6] |= 1L << next;
          Collection<String> names = implies.get(permissions.get(next).name());
          if (names != null) {
            names.forEach(name -> open.push(require(name)));
          }
        }
      }
      closures[bit] = reached;
    }
    implies.keySet().forEach(this::require);
    return closures;
  }

  private int require(String name) {
    Integer bit = bits.get(name);
    if (bit == null) {
      throw new IllegalArgumentException("unknown permission `" + name + "`");
    }
    return bit;
  }

  /** Returns all permissions, in the order they were declared. */
  public List<Permission> permissions() {
    return declared;
  }

  /** Returns the declared names. */
  public Set<String> names() {
    return Set.copyOf(bits.keySet());
  }

  /** Returns the permission of this name, if it is declared. */
  public Optional<Permission> find(String name) {
    Integer bit = bits.get(name);
    return bit == null ? Optional.empty() : Optional.of(permissions.get(bit));
  }

  /** Returns the empty set. */
  public PermissionSet none() {
    return none;
  }

  /** Returns every permission that is in force, which is what {@code "*"} means in a role. */
  public PermissionSet all() {
    return all;
  }

  /**
   * Returns exactly these permissions, planned ones included.
   *
   * @throws IllegalArgumentException if one is not declared
   */
  public PermissionSet of(Collection<String> names) {
    long[] words = new long[words()];
    for (String name : names) {
      int bit = require(name);
      words[bit >> 6] |= 1L << bit;
    }
    return new PermissionSet(this, words);
  }

  /**
   * Returns those of the names that are declared; one that has left the catalogue grants nothing.
   */
  public PermissionSet known(Collection<String> names) {
    long[] words = new long[words()];
    for (String name : names) {
      Integer bit = bits.get(name);
      if (bit != null) {
        words[bit >> 6] |= 1L << bit;
      }
    }
    return new PermissionSet(this, words);
  }

  /**
   * Returns what holding this set comes to: closed under {@code implies}, without anything planned.
   */
  public PermissionSet inForce(PermissionSet set) {
    PermissionSet held = set.minus(planned);
    long[] words = new long[words()];
    for (int bit = held.next(0); bit >= 0; bit = held.next(bit + 1)) {
      for (int word = 0; word < words.length; word++) {
        words[word] |= implied[bit][word];
      }
    }
    return new PermissionSet(this, words).minus(planned);
  }

  /**
   * Returns the set without what its other members imply: the fewest permissions that come to the
   * same.
   */
  public PermissionSet reduced(PermissionSet set) {
    if (set.size() < 2) {
      return set;
    }
    PermissionSet rest = set;
    for (int bit = set.next(0); bit >= 0; bit = set.next(bit + 1)) {
      PermissionSet without = rest.minus(single(bit));
      if (inForce(without).contains(bit)) {
        rest = without;
      }
    }
    return rest;
  }

  /** Returns the permissions that may be tested at this level only. */
  public PermissionSet tiedTo(Level level) {
    return tied.getOrDefault(level, none);
  }

  private PermissionSet single(int bit) {
    long[] words = new long[words()];
    words[bit >> 6] |= 1L << bit;
    return new PermissionSet(this, words);
  }

  String name(int bit) {
    return permissions.get(bit).name();
  }

  int words() {
    return (permissions.size() + 63) >> 6;
  }
}
