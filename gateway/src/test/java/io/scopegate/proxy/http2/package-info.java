/** HTTP/2, frame by frame. */
@NullMarked
package io.scopegate.proxy.http2;

import org.jspecify.annotations.NullMarked;
