/** HTTP in front, over real sockets. */
@NullMarked
package io.scopegate.proxy;

import org.jspecify.annotations.NullMarked;
