/** HTTP/2 read and written strictly (RFC 9113), as the messages that both versions share. */
@NullMarked
package io.scopegate.proxy.http2;

import org.jspecify.annotations.NullMarked;
