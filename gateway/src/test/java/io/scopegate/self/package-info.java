/** Tests of what callers see and change of their own. */
@NullMarked
package io.scopegate.self;

import org.jspecify.annotations.NullMarked;
