/** The commands of the program, one class each. */
@NullMarked
package io.scopegate.command;

import org.jspecify.annotations.NullMarked;
