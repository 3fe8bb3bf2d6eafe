/** Sessions that an issuer vouches for: signed tokens (JWT) and opaque ones it is asked about. */
@NullMarked
package io.scopegate.authn.session;

import org.jspecify.annotations.NullMarked;
