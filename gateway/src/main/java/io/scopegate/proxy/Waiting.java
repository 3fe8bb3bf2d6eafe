package io.scopegate.proxy;

/** What a frontend connection is waiting for, which says what happens when it takes too long. */
enum Waiting {
  NOTHING,
  /** A first byte of the next request. */
  REQUEST,
  /** The rest of a head. */
  HEAD,
  /** More of a request body. */
  CLIENT_BODY,
  /** That the client reads. */
  CLIENT_READS,
  /** That the backend reads, or the head of its answer. */
  BACKEND_ANSWER,
  /** More of the backend's answer. */
  BACKEND_BODY,
  /** More bytes of either side of a WebSocket. */
  TUNNEL,
  /** That the client closes after our last answer. */
  CLIENT_CLOSE,
  /** For whatever it was, the exchange has no more time. */
  NOTHING_MORE
}
