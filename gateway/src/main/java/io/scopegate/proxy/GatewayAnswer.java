package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** An answer that the gateway gives itself. Confined to the channel's event loop. */
final class GatewayAnswer {
  private final int status;
  private final Fields fields;
  private final byte[] body;
  private final Optional<Refusal> refusal;

  /** What is wrong. Immutable. */
  record Refusal(GrpcStatus grpcStatus, String detail) {}

  /**
   * Makes an answer that says that something is wrong.
   *
   * @param fields without those that frame the body
   * @param body text as UTF-8
   * @param refusal what it comes to for clients of gRPC
   */
  GatewayAnswer(int status, Fields fields, byte[] body, Refusal refusal) {
    this(status, fields, body, Optional.of(refusal));
  }

  /**
   * Makes an answer that says nothing of the kind.
   *
   * @param fields without those that frame the body
   */
  GatewayAnswer(int status, Fields fields, String body) {
    this(status, fields, body.getBytes(StandardCharsets.UTF_8), Optional.empty());
  }

  private GatewayAnswer(int status, Fields fields, byte[] body, Optional<Refusal> refusal) {
    this.status = status;
    this.fields = fields;
    this.body = body;
    this.refusal = refusal;
  }

  int status() {
    return status;
  }

  /** Returns the fields without those that frame the body. */
  Fields fields() {
    return fields;
  }

  /** Returns the body, text as UTF-8, which nobody changes. */
  byte[] body() {
    return body;
  }

  /** Returns what it comes to for clients of gRPC, if it says that something is wrong. */
  Optional<Refusal> refusal() {
    return refusal;
  }
}
