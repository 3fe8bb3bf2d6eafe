/** Tests of the package. */
@NullMarked
package io.scopegate.authn;

import org.jspecify.annotations.NullMarked;
