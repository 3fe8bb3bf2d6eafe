/** Who a credential is. */
@NullMarked
package io.scopegate.authn;

import org.jspecify.annotations.NullMarked;
