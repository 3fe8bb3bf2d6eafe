/** What people ask a policy: why a request is decided so, and what the table says. */
@NullMarked
package io.scopegate.tool;

import org.jspecify.annotations.NullMarked;
