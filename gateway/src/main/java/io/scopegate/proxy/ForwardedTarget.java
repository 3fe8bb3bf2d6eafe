package io.scopegate.proxy;

/** The target that a backend is asked for: the judged one, less a prefix. Immutable. */
final class ForwardedTarget {
  private ForwardedTarget() {}

  /**
   * Cuts as many segments as the prefix has; the bytes that remain stay. Segments are counted, not
   * compared, because the target may spell the prefix with escapes.
   */
  static String of(String target, String prefix) {
    int cut = 0;
    for (int i = 0; i < prefix.length(); i++) {
      if (prefix.charAt(i) == '/' && i + 1 < prefix.length()) {
        cut = segmentEnd(target, cut + 1);
      }
    }
    String rest = target.substring(cut);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static int segmentEnd(String target, int from) {
    int end = Math.min(from, target.length());
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    return end;
  }
}
