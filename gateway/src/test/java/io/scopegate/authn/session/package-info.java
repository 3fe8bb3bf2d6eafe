/** Tests of sessions. */
@NullMarked
package io.scopegate.authn.session;

import org.jspecify.annotations.NullMarked;
