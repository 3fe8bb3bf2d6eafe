package io.scopegate.store;

import io.scopegate.permission.Level;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Lists and maps in a column. Safe from any thread. */
final class JsonText {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};
  private static final TypeReference<Map<String, Boolean>> SWITCHES = new TypeReference<>() {};
  private static final TypeReference<Map<Level, Map<String, List<String>>>> ROLES =
      new TypeReference<>() {};

  private JsonText() {}

  static String of(List<String> names) {
    return MAPPER.writeValueAsString(names);
  }

  static String ofSorted(Collection<String> names) {
    return MAPPER.writeValueAsString(names.stream().sorted().toList());
  }

  static String of(Map<?, ?> map) {
    return MAPPER.writeValueAsString(new TreeMap<>(map));
  }

  static List<String> names(String text) {
    return MAPPER.readValue(text, NAMES);
  }

  static Map<String, Boolean> switches(String text) {
    return MAPPER.readValue(text, SWITCHES);
  }

  static Map<Level, Map<String, List<String>>> customRoles(String text) {
    return MAPPER.readValue(text, ROLES);
  }
}
