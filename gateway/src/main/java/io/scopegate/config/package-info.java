/**
 * How this gateway runs: gateway.yaml, overridden by environment and flags. Read by the wiring
 * only.
 */
@NullMarked
package io.scopegate.config;

import org.jspecify.annotations.NullMarked;
