package io.scopegate.tool;

import io.scopegate.route.HttpFields;
import java.util.List;
import java.util.Map;

/**
 * What a request says of the places of two rows, and what is special about its credential.
 * Immutable.
 *
 * @param fields what stands for everything that places are named by
 * @param plain whether the request names the places where supposed callers hold their roles, and
 *     nothing is special about it
 */
record Scene(HttpFields fields, Holder.Situation situation, boolean plain) {
  static Scene of(
      Map<String, List<String>> fields, Holder.Situation situation, boolean allAreHere) {
    boolean plain = allAreHere && situation == Holder.Situation.PLAIN;
    return new Scene(HttpFields.of(fields), situation, plain);
  }
}
