/**
 * HTTP in front. The map of the Netty pipelines, which meet on one event loop:
 *
 * <pre>
 * client ⇄ Threshold (PROXY protocol, TLS) → PrefaceDetector or ALPN:
 *   HTTP/1  RequestDecoder ─────────────────────┐
 *   HTTP/2  FrontendCodec → a channel a stream:  │  (one reading, the same messages)
 *           Http2RequestReader ──────────────────┴→ ExchangeHandler ──→ Gatekeeper (decides)
 *                                                      |  ExchangeState: where the request stands
 *                                                      |  Frontend: the client's side, of a version
 *                                                      ↓  Decision.Allow
 *                                                    Forwarding: two streams, HeaderRules both ways
 *                                                      ↑
 * backend ⇄ ResponseDecoder or Http2AnswerReader → BackendHandler (only while leased)
 * </pre>
 *
 * <p>A row may lead to a backend inside the gateway: then a {@code LocalCall} takes the place of
 * the forwarding. Behind the handshake of a WebSocket a {@code Tunnel} does, which knows where its
 * frames end. All three are a {@code Passage}, and an {@code ExchangeWatch} decides once more,
 * every second, about those that last. What is written to a backend is flushed when everything that
 * the client had sent is read, so that a request that turns out malformed in the same breath never
 * leaves. Addresses that the gateway answers itself end in {@code LocalExchangeHandler} instead.
 */
@NullMarked
package io.scopegate.proxy;

import org.jspecify.annotations.NullMarked;
