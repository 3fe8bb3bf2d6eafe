/** Where identities and tokens are kept, durably, and who hears of a change. */
@NullMarked
package io.scopegate.store;

import org.jspecify.annotations.NullMarked;
