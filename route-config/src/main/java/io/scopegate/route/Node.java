package io.scopegate.route;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of the trie, for looking up. Its depth is the index of the segment that it looks at, so no
 * request visits a node twice.
 */
final class Node extends Literal {
  /**
   * The nodes below literals, in an open-addressing table: a node's place is its hash, or the next
   * free one after it.
   */
  private final @Nullable Node[] literals;

  private final List<Edge> mixed;
  private final @Nullable Node parameter;
  private final @Nullable Leaf end;
  private final @Nullable Leaf rest;

  /** A mixed segment and what is below it. */
  private record Edge(Shape shape, int literalCharacters, Node node) {}

  /**
   * Makes the node of a branch.
   *
   * @param text the literal that leads to it; empty if something else does
   */
  Node(String text, Branch branch) {
    super(text);
    int size = branch.literals().size();
    // One place for one node, else at least half of them free.
    this.literals = new Node[size < 2 ? size : Integer.highestOneBit(size) * 4];
    branch.literals().forEach((literal, below) -> put(new Node(literal, below)));
    this.mixed =
        branch.mixed().entrySet().stream()
            .map(Node::edge)
            .sorted(
                Comparator.comparingInt(Edge::literalCharacters)
                    .reversed()
                    .thenComparing(edge -> edge.shape().toString()))
            .toList();
    Branch below = branch.parameter();
    this.parameter = below == null ? null : new Node("", below);
    this.end = Leaf.of(branch.rows());
    this.rest = Leaf.of(branch.restRows());
  }

  private static Edge edge(Map.Entry<Shape, Branch> entry) {
    Shape shape = entry.getKey();
    return new Edge(shape, shape.literalCharacters(), new Node("", entry.getValue()));
  }

  private void put(Node node) {
    int place = place(node.hash());
    while (literals[place] != null) {
      place = (place + 1) & (literals.length - 1);
    }
    literals[place] = node;
  }

  private int place(int hash) {
    return (hash ^ (hash >>> 16)) & (literals.length - 1);
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
    if (literals.length == 0) {
      return null;
    }
    int wanted = path.hash(depth);
    int place = place(wanted);
    for (Node node = literals[place]; node != null; node = literals[place]) {
      if (node.hash() == wanted && path.is(depth, node)) {
        return node;
      }
      if (literals.length == 1) {
        return null;
      }
      place = (place + 1) & (literals.length - 1);
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
