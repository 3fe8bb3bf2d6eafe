/**
 * The YAML files: read with positions, checked whole, turned into a policy or into a list of
 * problems.
 */
@NullMarked
package io.scopegate.file;

import org.jspecify.annotations.NullMarked;
