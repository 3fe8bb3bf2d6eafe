/** Who may do what: principals, delegations, and the pure function that decides. */
@NullMarked
package io.scopegate.policy;

import org.jspecify.annotations.NullMarked;
