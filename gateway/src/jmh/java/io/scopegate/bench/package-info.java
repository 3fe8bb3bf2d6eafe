/** Micro-benchmarks of what a request costs; built and run with the profile {@code bench}. */
@NullMarked
package io.scopegate.bench;

import org.jspecify.annotations.NullMarked;
