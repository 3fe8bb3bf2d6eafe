package io.scopegate.file;

import java.util.Optional;

/**
 * An entry of {@code use:}. Immutable.
 *
 * @param target the preset or file
 * @param isFile whether it is a file
 * @param as the name under which its permissions, roles and settings are known
 * @param prefix put before its templates; empty if there is none
 * @param host of its rows that have none
 * @param backend of its rows that name none
 */
record Use(
    Word target,
    boolean isFile,
    Optional<Word> as,
    String prefix,
    Optional<Inclusion.HostWord> host,
    Optional<Word> backend) {}
