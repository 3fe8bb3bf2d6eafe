package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.scopegate.proxy.message.BodyEnd;

/**
 * What a request that was let through has become: takes what else the client sends, until it is
 * over or given up. Confined to the channel's event loop.
 */
interface Passage {
  /** Returns the request. */
  Exchange exchange();

  /** Returns the status that was passed on, or 0. */
  int status();

  /** Says whether the head of an answer was passed on. */
  boolean isAnswered();

  /** Says whether the client's connection ends with this answer. */
  boolean closes();

  /** Says whether nothing of what the client sends is read before the backend has agreed. */
  boolean awaitsUpgrade();

  /** Takes a part of the body. */
  void requestData(ByteBuf data);

  /** Takes the end of the request. */
  void requestEnd(BodyEnd end);

  /** Sends on what has come. */
  void flushRequest();

  /** The client takes more of the answer again. */
  void clientReads();

  /** What was waited for takes too long. */
  void expire();

  /** Gives it up, without a word to the client; an unfinished request never looks whole. */
  void abort();
}
