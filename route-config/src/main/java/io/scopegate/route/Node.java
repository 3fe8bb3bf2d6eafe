package io.scopegate.route;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of the trie, for looking up. Its depth is the index of the segment that it looks at, so no
 * request visits a node twice.
 */
final class Node {
  /** An open-addressing table: a key's place is its hash, or the next free one after it. */
  private final @Nullable String[] keys;

  private final Node[] children;
  private final List<Edge> mixed;
  private final @Nullable Node parameter;
  private final @Nullable Leaf end;
  private final @Nullable Leaf rest;

  /** A mixed segment and what is below it. */
  private record Edge(Shape shape, int literalCharacters, Node node) {}

  Node(Branch branch) {
    int size = Integer.highestOneBit(Math.max(1, branch.literals().size())) * 4;
    this.keys = new String[size];
    this.children = new Node[size];
    branch.literals().forEach(this::put);
    this.mixed =
        branch.mixed().entrySet().stream()
            .map(Node::edge)
            .sorted(
                Comparator.comparingInt(Edge::literalCharacters)
                    .reversed()
                    .thenComparing(edge -> edge.shape().toString()))
            .toList();
    Branch below = branch.parameter();
    this.parameter = below == null ? null : new Node(below);
    this.end = branch.rows().isEmpty() ? null : new Leaf(branch.rows());
    this.rest = branch.restRows().isEmpty() ? null : new Leaf(branch.restRows());
  }

  private static Edge edge(Map.Entry<Shape, Branch> entry) {
    Shape shape = entry.getKey();
    return new Edge(shape, shape.literalCharacters(), new Node(entry.getValue()));
  }

  private void put(String key, Branch branch) {
    int place = place(key.hashCode());
    while (keys[place] != null) {
      place = (place + 1) & (keys.length - 1);
    }
    keys[place] = key;
    children[place] = new Node(branch);
  }

  private int place(int hash) {
    return (hash ^ (hash >>> 16)) & (keys.length - 1);
  }

  /** Returns the most specific rows for the segments from this depth on, or null if none match. */
  @Nullable RowGroup find(Segments path, int depth, String method) {
    if (depth == path.count()) {
      return end == null ? null : end.group(method);
    }
    Node literal = literal(path, depth);
    RowGroup found = literal == null ? null : literal.find(path, depth + 1, method);
    // A trailing slash is literal: no parameter is empty.
    if (found != null || path.isEmpty(depth)) {
      return found;
    }
    found = mixed.isEmpty() ? null : findMixed(path, depth, method);
    if (found == null && parameter != null) {
      found = parameter.find(path, depth + 1, method);
    }
    return found != null || rest == null ? found : rest.group(method);
  }

  private @Nullable Node literal(Segments path, int depth) {
    int hash = path.hash(depth);
    int place = place(hash);
    for (String key = keys[place]; key != null; key = keys[place]) {
      // A key remembers its hash: others are not read to the end.
      if (key.hashCode() == hash && path.is(depth, key)) {
        return children[place];
      }
      place = (place + 1) & (keys.length - 1);
    }
    return null;
  }

  private @Nullable RowGroup findMixed(Segments path, int depth, String method) {
    RowGroup best = null;
    int literalCharacters = 0;
    for (Edge edge : mixed) {
      if (best != null && edge.literalCharacters() < literalCharacters) {
        return best;
      }
      if (edge.shape().matches(path.text(), path.start(depth), path.end(depth))) {
        RowGroup found = edge.node().find(path, depth + 1, method);
        // Among equally specific segments those further right decide.
        if (found != null && (best == null || found.beats(best))) {
          best = found;
          literalCharacters = edge.literalCharacters();
        }
      }
    }
    return best;
  }
}
