/** The program: its entry point and the only wiring of its parts. */
@NullMarked
package io.scopegate;

import org.jspecify.annotations.NullMarked;
