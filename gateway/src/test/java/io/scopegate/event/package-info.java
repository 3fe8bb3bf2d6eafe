/** Tests of the package. */
@NullMarked
package io.scopegate.event;

import org.jspecify.annotations.NullMarked;
