package io.scopegate.proxy;

import io.netty.buffer.ByteBuf;
import io.scopegate.backend.BackendFailure;
import io.scopegate.proxy.message.BodyEnd;
import io.scopegate.proxy.message.ResponseHead;

/**
 * What a backend connection is leased to: hears what comes from there. Confined to the channel's
 * event loop.
 */
interface Served {
  /** Takes the head of an answer, or of an interim one. */
  void answer(ResponseHead head);

  /** Takes a part of the body. */
  void answerData(ByteBuf data);

  /** Takes the end of the answer. */
  void answerEnd(BodyEnd end);

  /** Sends on what has come, now that everything the backend had sent is read. */
  void answerBatchEnd();

  /** The backend takes more of what the client sends again. */
  void backendReads();

  /** The connection has ended. */
  void backendClosed();

  /** Something has gone wrong there. */
  void fail(BackendFailure.Kind kind);

  /** Something that should not be thrown was, on the backend's side: the client's hears of it. */
  void defect(Throwable thrown);
}
