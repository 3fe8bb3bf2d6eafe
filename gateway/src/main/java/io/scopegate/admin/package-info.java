/** The endpoints of the admin and the probes address. */
@NullMarked
package io.scopegate.admin;

import org.jspecify.annotations.NullMarked;
