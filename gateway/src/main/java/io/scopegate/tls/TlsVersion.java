package io.scopegate.tls;

import java.util.List;

/** The versions of TLS that are spoken. Immutable. */
public enum TlsVersion {
  /** RFC 5246. */
  TLS_1_2,
  /** RFC 8446. */
  TLS_1_3;

  /** Returns the names of this version and those above it. */
  List<String> andAbove() {
    return this == TLS_1_2 ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.3");
  }
}
