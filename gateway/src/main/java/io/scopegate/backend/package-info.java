/** Existing services behind the gateway: endpoints, connections, failures. */
@NullMarked
package io.scopegate.backend;

import org.jspecify.annotations.NullMarked;
