/** The one door: a request line and a credential become a decision. Knows no Netty. */
@NullMarked
package io.scopegate.guard;

import org.jspecify.annotations.NullMarked;
