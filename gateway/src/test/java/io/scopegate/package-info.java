/** Tests of the program as a whole, and what tests share. */
@NullMarked
package io.scopegate;

import org.jspecify.annotations.NullMarked;
