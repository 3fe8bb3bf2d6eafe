package io.scopegate.permission;

import java.util.Optional;

/**
 * One entry of the catalogue. Immutable.
 *
 * @param name the string that roles hold, tokens carry and routes require
 * @param description what it allows, in words; may be empty
 * @param planned announced but never in force
 * @param level the only level at which it may be tested, if it is tied to one
 */
public record Permission(String name, String description, boolean planned, Optional<Level> level) {

  /** Returns a permission in force that may be tested at any level. */
  public static Permission of(String name) {
    return new Permission(name, "", false, Optional.empty());
  }
}
