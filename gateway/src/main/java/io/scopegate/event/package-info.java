/** What happened: metrics and logs hang on it, the core imports none of them. */
@NullMarked
package io.scopegate.event;

import org.jspecify.annotations.NullMarked;
