package io.scopegate.route;

/**
 * Where something stands in a file; lines and columns count from 1. Immutable.
 *
 * @param file the path as the user gave it
 */
public record Position(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
