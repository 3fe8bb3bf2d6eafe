/**
 * HTTP in front. The map of the Netty pipelines, which meet on one event loop:
 *
 * <pre>
 * client ⇄ RequestDecoder  → ExchangeHandler ────→ Gatekeeper (decides)
 *          (one reading)       |  ExchangeState: where the one request stands
 *                              |  Refusals: the answers of our own
 *                              ↓  Decision.Allow
 *                            Forwarding: two streams, HeaderRules both ways
 *                              ↑
 * backend ⇄ ResponseDecoder → BackendHandler (only while leased)
 * </pre>
 *
 * <p>A row may lead to a backend inside the gateway: then a {@code LocalCall} takes the place of
 * the forwarding. Writing is symmetrical: {@code MessageWriter} makes the bytes, and they go
 * straight to the other channel. What is written to a backend is flushed when everything that the
 * client had sent is read, so that a request that turns out malformed in the same breath never
 * leaves. Addresses that the gateway answers itself end in {@code LocalExchangeHandler} instead.
 */
@NullMarked
package io.scopegate.proxy;

import org.jspecify.annotations.NullMarked;
