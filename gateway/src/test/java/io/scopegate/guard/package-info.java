/** Tests of the package. */
@NullMarked
package io.scopegate.guard;

import org.jspecify.annotations.NullMarked;
