/** Tests of what lies before HTTP. */
@NullMarked
package io.scopegate.tls;

import org.jspecify.annotations.NullMarked;
