/**
 * HTTP/1.1 messages and their one reading (RFC 9112): decoders by grammar for both sides, which
 * refuse what could be read twice, and the bytes of heads and chunks.
 */
@NullMarked
package io.scopegate.proxy.http1;

import org.jspecify.annotations.NullMarked;
