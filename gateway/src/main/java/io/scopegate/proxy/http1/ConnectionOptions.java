package io.scopegate.proxy.http1;

import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Grammar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Connection} says (RFC 9110 §7.6.1). Immutable.
 *
 * @param nominated the fields that count for this connection only
 */
record ConnectionOptions(boolean closes, boolean keepsAlive, List<String> nominated) {
  private static final ConnectionOptions SILENT = new ConnectionOptions(false, false, List.of());
  private static final ConnectionOptions CLOSE = new ConnectionOptions(true, false, List.of());
  private static final ConnectionOptions KEEP_ALIVE = new ConnectionOptions(false, true, List.of());

  /** Reads the fields of a head; returns null if they are not lists of names. */
  static @Nullable ConnectionOptions read(Fields fields) {
    int line = fields.line("Connection", 0);
    if (line < 0) {
      return SILENT;
    }
    // What nearly all say, if they say anything.
    if (fields.line("Connection", line + 1) < 0) {
      String only = fields.value(line);
      if (only.equalsIgnoreCase("keep-alive")) {
        return KEEP_ALIVE;
      }
      if (only.equalsIgnoreCase("close")) {
        return CLOSE;
      }
    }
    boolean closes = false;
    boolean keepsAlive = false;
    List<String> nominated = new ArrayList<>(2);
    for (; line >= 0; line = fields.line("Connection", line + 1)) {
      for (String part : fields.value(line).split(",", -1)) {
        String option = part.strip();
        if (option.equalsIgnoreCase("close")) {
          closes = true;
        } else if (option.equalsIgnoreCase("keep-alive")) {
          keepsAlive = true;
        } else if (Grammar.isToken(option)) {
          nominated.add(option);
        } else if (!option.isEmpty()) {
          return null;
        }
      }
    }
    return new ConnectionOptions(closes, keepsAlive && !closes, nominated);
  }

  boolean nominates(String name) {
    for (int i = 0; i < nominated.size(); i++) {
      if (nominated.get(i).equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  /** Takes the nominated fields out; the framing has been read by then. */
  void dropNominated(Fields fields) {
    for (int i = 0; i < nominated.size(); i++) {
      fields.remove(nominated.get(i));
    }
  }
}
