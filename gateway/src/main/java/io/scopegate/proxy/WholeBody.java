package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request body that is collected until it is whole. Confined to the channel's event loop. */
final class WholeBody {
  private final ByteBufAllocator allocator;
  private final long maxBytes;
  private @Nullable ByteBuf collected;

  WholeBody(ByteBufAllocator allocator, long maxBytes) {
    this.allocator = allocator;
    this.maxBytes = maxBytes;
  }

  /** Returns how large it may be. */
  long maxBytes() {
    return maxBytes;
  }

  /** Takes a part of it; returns false, and keeps nothing, if it becomes too large. */
  boolean add(ByteBuf data) {
    ByteBuf sofar = collected == null ? allocator.buffer() : collected;
    collected = sofar;
    boolean fits = sofar.readableBytes() + data.readableBytes() <= maxBytes;
    if (fits) {
      sofar.writeBytes(data);
    } else {
      drop();
    }
    data.release();
    return fits;
  }

  /** Returns the text of the whole body, if it is UTF-8, and keeps nothing. */
  Optional<String> text() {
    ByteBuf whole = collected;
    if (whole == null) {
      return Optional.of("");
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(whole.nioBuffer()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    } finally {
      drop();
    }
  }

  /** Gives up what was collected. */
  void drop() {
    if (collected != null) {
      collected.release();
      collected = null;
    }
  }
}
