/** HTTP messages as both versions of the protocol carry them, and the grammar of their fields. */
@NullMarked
package io.scopegate.proxy.message;

import org.jspecify.annotations.NullMarked;
