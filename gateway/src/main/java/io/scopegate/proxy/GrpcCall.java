package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Grammar;
import io.scopegate.proxy.message.RequestHead;
import java.time.Duration;
import java.util.Optional;

/** What makes a request one of gRPC, and how such a one is answered. Safe from any thread. */
final class GrpcCall {
  private static final String CONTENT_TYPE = "application/grpc";
  private static final int MAX_DIGITS = 8;

  private GrpcCall() {}

  /** Says whether a request on a stream is one of gRPC. */
  static boolean is(RequestHead head) {
    Fields fields = head.fields();
    int line = fields.line("content-type", 0);
    if (line < 0) {
      return false;
    }
    String type = fields.value(line);
    int length = CONTENT_TYPE.length();
    // What begins alike, such as application/grpc-web, is another protocol.
    return type.regionMatches(true, 0, CONTENT_TYPE, 0, length)
        && (type.length() == length || type.charAt(length) == '+' || type.charAt(length) == ';');
  }

  /** Returns how long the client wants to wait; what cannot be read is the backend's to judge. */
  static Optional<Duration> timeout(RequestHead head) {
    int line = head.fields().line("grpc-timeout", 0);
    if (line < 0) {
      return Optional.empty();
    }
    String text = head.fields().value(line);
    int digits = text.length() - 1;
    if (digits < 1 || digits > MAX_DIGITS || !Grammar.isDigits(text.substring(0, digits))) {
      return Optional.empty();
    }
    long number = Long.parseLong(text.substring(0, digits));
    return switch (text.charAt(digits)) {
      case 'H' -> Optional.of(Duration.ofHours(number));
      case 'M' -> Optional.of(Duration.ofMinutes(number));
      case 'S' -> Optional.of(Duration.ofSeconds(number));
      case 'm' -> Optional.of(Duration.ofMillis(number));
      case 'u' -> Optional.of(Duration.ofNanos(number * 1_000));
      case 'n' -> Optional.of(Duration.ofNanos(number));
      default -> Optional.empty();
    };
  }

  /** Returns the fields of an answer that says no more than this (gRPC's Trailers-Only). */
  static Fields trailersOnly(GatewayAnswer answer) {
    Fields fields = new Fields();
    fields.addOurs("content-type", CONTENT_TYPE);
    for (int i = 0; i < answer.fields().size(); i++) {
      if (!answer.fields().name(i).equalsIgnoreCase("content-type")) {
        fields.addFrom(answer.fields(), i);
      }
    }
    answer.refusal().ifPresent(refusal -> refusal.grpcStatus().addTo(fields, refusal.detail()));
    return fields;
  }
}
