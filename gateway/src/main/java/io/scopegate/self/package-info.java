/** What callers see and change of their own: who they are, their tokens, what they could do. */
@NullMarked
package io.scopegate.self;

import org.jspecify.annotations.NullMarked;
