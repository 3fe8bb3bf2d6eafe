package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import java.nio.charset.StandardCharsets;

/** What a gRPC client is told instead of an HTTP status. Immutable. */
enum GrpcStatus {
  UNKNOWN(2),
  DEADLINE_EXCEEDED(4),
  PERMISSION_DENIED(7),
  RESOURCE_EXHAUSTED(8),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  UNAVAILABLE(14),
  UNAUTHENTICATED(16);

  private static final String HEX = "0123456789ABCDEF";

  private final String number;

  GrpcStatus(int number) {
    this.number = Integer.toString(number);
  }

  /**
   * Returns what an HTTP status means, after gRPC's own table for answers that are none of gRPC;
   * what is too large or too much is told from what is not there.
   */
  static GrpcStatus of(int httpStatus) {
    return switch (httpStatus) {
      case 400, 500 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 413, 414, 429, 431 -> RESOURCE_EXHAUSTED;
      case 408, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  /** Adds the fields that tell it. */
  void addTo(Fields fields, String message) {
    fields.addOurs("grpc-status", number);
    fields.addOurs("grpc-message", encoded(message));
  }

  /** What is not visible ASCII is written in percent signs, as a URL has it. */
  private static String encoded(String message) {
    StringBuilder text = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        text.append((char) b);
      } else {
        text.append('%').append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
      }
    }
    return text.toString();
  }
}
