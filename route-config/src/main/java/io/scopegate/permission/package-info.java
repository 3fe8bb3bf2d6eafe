/** What may be done: the catalogue of permissions, sets of them, and the roles that hold them. */
@NullMarked
package io.scopegate.permission;

import org.jspecify.annotations.NullMarked;
