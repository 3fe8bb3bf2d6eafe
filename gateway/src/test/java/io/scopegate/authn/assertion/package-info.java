/** Tests of assertions. */
@NullMarked
package io.scopegate.authn.assertion;

import org.jspecify.annotations.NullMarked;
