/** Tests of where identities and tokens are kept. */
@NullMarked
package io.scopegate.store;

import org.jspecify.annotations.NullMarked;
