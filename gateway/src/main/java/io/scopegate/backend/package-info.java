/**
 * Existing services behind the gateway: endpoints, connections, failures. It knows no HTTP; what
 * speaks it is put on a new connection by the {@code proxy} package.
 */
@NullMarked
package io.scopegate.backend;

import org.jspecify.annotations.NullMarked;
