/** Signed statements to backends about who asks. */
@NullMarked
package io.scopegate.authn.assertion;

import org.jspecify.annotations.NullMarked;
