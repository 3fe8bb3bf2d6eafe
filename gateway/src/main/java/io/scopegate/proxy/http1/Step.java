package io.scopegate.proxy.http1;

/** What a decoder reads next. Immutable. */
enum Step {
  /** Nothing: the message before has to be dealt with first. */
  AWAIT,
  START_LINE,
  FIELDS,
  FIXED,
  CHUNK_LINE,
  CHUNK,
  CHUNK_END,
  TRAILERS,
  UNTIL_CLOSE,
  /** No more bytes: the end of the message is to be told. */
  END,
  /** Everything, to no purpose. */
  DROP
}
