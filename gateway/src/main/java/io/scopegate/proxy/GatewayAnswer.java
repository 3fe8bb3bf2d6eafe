package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import java.util.Optional;

/**
 * An answer that the gateway gives itself. Confined to the channel's event loop.
 *
 * @param fields without those that frame the body
 * @param body sent as UTF-8
 * @param refusal what it comes to for clients of gRPC, if it says that something is wrong
 */
record GatewayAnswer(int status, Fields fields, String body, Optional<Refusal> refusal) {
  /** What is wrong. Immutable. */
  record Refusal(GrpcStatus grpcStatus, String detail) {}

  /** Makes an answer that says nothing of the kind. */
  GatewayAnswer(int status, Fields fields, String body) {
    this(status, fields, body, Optional.empty());
  }
}
