/** Endpoints and connections, over real sockets. */
@NullMarked
package io.scopegate.backend;

import org.jspecify.annotations.NullMarked;
