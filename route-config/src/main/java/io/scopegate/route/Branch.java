package io.scopegate.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node of the trie while rows are added to it. Shapes stand for all names of parameters. */
final class Branch {
  private final Map<String, Branch> literals = new LinkedHashMap<>();
  private final Map<Shape, Branch> mixed = new LinkedHashMap<>();
  private final List<Route> rows = new ArrayList<>(1);
  private final List<Route> restRows = new ArrayList<>(0);
  private @Nullable Branch parameter;

  /** Adds a row below this root. */
  void add(Route row) {
    Branch branch = this;
    for (PathTemplate.Segment segment : row.path().segments()) {
      if (segment instanceof PathTemplate.Rest) {
        branch.restRows.add(row);
        return;
      }
      branch = branch.child(segment);
    }
    branch.rows.add(row);
  }

  private Branch child(PathTemplate.Segment segment) {
    if (segment instanceof PathTemplate.Literal literal) {
      return literals.computeIfAbsent(literal.text(), text -> new Branch());
    }
    if (segment instanceof PathTemplate.Mixed shaped) {
      return mixed.computeIfAbsent(shaped.shape(), shape -> new Branch());
    }
    Branch child = parameter;
    if (child == null) {
      child = new Branch();
      parameter = child;
    }
    return child;
  }

  /** Returns what is below each literal segment. */
  Map<String, Branch> literals() {
    return literals;
  }

  /** Returns what is below each mixed segment. */
  Map<Shape, Branch> mixed() {
    return mixed;
  }

  /** Returns what is below a parameter segment, if there is one. */
  @Nullable Branch parameter() {
    return parameter;
  }

  /** Returns the rows that end here, in file order. */
  List<Route> rows() {
    return rows;
  }

  /** Returns the rows that take all that is left here, in file order. */
  List<Route> restRows() {
    return restRows;
  }
}
