package io.scopegate.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The list of {@code Sec-WebSocket-Protocol}, into which browsers' scripts put tokens because they
 * can set no other field. Here such a token is never a credential, and no backend sees it.
 * Immutable.
 */
final class Subprotocols {
  private static final Pattern TOKEN =
      Pattern.compile(
          "sgat_.*|eyJ[^.]*\\.[^.]*\\.[^.]*|.*[.-]bearer[.-].*", Pattern.CASE_INSENSITIVE);
  private static final Pattern SCHEME =
      Pattern.compile("bearer|token|authorization|access[_-]?token", Pattern.CASE_INSENSITIVE);

  private Subprotocols() {}

  /** Returns a list without what looks like a token or follows a word for one, if any is left. */
  static Optional<String> withoutCredentials(String list) {
    List<String> kept = new ArrayList<>();
    boolean announced = false;
    for (String part : list.split(",", -1)) {
      String protocol = part.strip();
      if (!announced && !protocol.isEmpty() && !TOKEN.matcher(protocol).matches()) {
        kept.add(protocol);
      }
      announced = SCHEME.matcher(protocol).matches();
    }
    return kept.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", kept));
  }
}
