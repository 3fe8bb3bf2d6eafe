/** HTTP in front: the map of the Netty pipeline. */
@NullMarked
package io.scopegate.proxy;

import org.jspecify.annotations.NullMarked;
