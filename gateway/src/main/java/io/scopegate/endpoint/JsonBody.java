package io.scopegate.endpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object that a caller sent, read key by key. Everything that is wrong with it is kept, each
 * with its JSON Pointer (RFC 6901), so that one complaint does not hide another. Confined to one
 * request.
 */
public final class JsonBody {

  /**
   * What is wrong with a body.
   *
   * @param pointer where; empty for the whole
   */
  public record Complaint(String pointer, String detail) {
    /** Returns it as JSON. */
    public Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("pointer", pointer);
      fields.put("detail", detail);
      return fields;
    }
  }

  private final Map<String, JsonNode> fields;
  private final String pointer;
  private final List<Complaint> complaints;

  /** Whether it is an object at all: of one that is not, nothing can be said key by key. */
  private final boolean readable;

  private final Set<String> known = new LinkedHashSet<>();
  private final List<JsonBody> parts = new ArrayList<>();

  private JsonBody(
      Map<String, JsonNode> fields, String pointer, List<Complaint> complaints, boolean readable) {
    this.readable = readable;
    this.fields = fields;
    this.pointer = pointer;
    this.complaints = complaints;
  }

  /** Returns the body of a request; one that is no object has no keys and one complaint. */
  public static JsonBody parse(String text) {
    List<Complaint> complaints = new ArrayList<>();
    JsonNode node;
    try {
      node = Json.read(text);
    } catch (JacksonException e) {
      complaints.add(new Complaint("", "the body is not JSON: " + firstLine(e)));
      return new JsonBody(Map.of(), "", complaints, false);
    }
    if (!node.isObject()) {
      complaints.add(new Complaint("", "the body must be a JSON object"));
      return new JsonBody(Map.of(), "", complaints, false);
    }
    return new JsonBody(fieldsOf(node), "", complaints, true);
  }

  private static String firstLine(JacksonException e) {
    String message = e.getOriginalMessage();
    return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
  }

  private static Map<String, JsonNode> fieldsOf(JsonNode object) {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    object.properties().forEach(entry -> fields.put(entry.getKey(), entry.getValue()));
    return fields;
  }

  /** Returns a string, if the key is there. */
  public Optional<String> string(String key) {
    JsonNode node = take(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isString()) {
      complain(key, "must be a string");
      return Optional.empty();
    }
    return Optional.of(node.asString());
  }

  /** Returns a string that must be there; the empty string stands for one that is not. */
  public String requiredString(String key) {
    require(key);
    return string(key).orElse("");
  }

  /** Returns a boolean that must be there. */
  public boolean requiredFlag(String key) {
    require(key);
    JsonNode node = take(key);
    if (node != null && !node.isBoolean()) {
      complain(key, "must be true or false");
    }
    return node != null && node.isBoolean() && node.asBoolean();
  }

  /** Returns a list of strings, if the key is there. */
  public Optional<List<String>> strings(String key) {
    JsonNode node = take(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isArray()) {
      complain(key, "must be a list of strings");
      return Optional.empty();
    }
    List<String> values = new ArrayList<>();
    for (JsonNode value : node.values()) {
      if (value.isString()) {
        values.add(value.asString());
      } else {
        complaints.add(new Complaint(pointerOf(key) + "/" + values.size(), "must be a string"));
        return Optional.of(List.of());
      }
    }
    return Optional.of(values);
  }

  /** Returns an object inside, if the key is there. */
  public Optional<JsonBody> object(String key) {
    JsonNode node = take(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      complain(key, "must be an object");
      return Optional.empty();
    }
    JsonBody part = new JsonBody(fieldsOf(node), pointerOf(key), complaints, true);
    parts.add(part);
    return Optional.of(part);
  }

  /** Says whether the value of the key is a string. */
  public boolean isString(String key) {
    JsonNode node = fields.get(key);
    return node != null && node.isString();
  }

  /** Returns the keys that are there. */
  public Set<String> keys() {
    return fields.keySet();
  }

  /** Adds a complaint about a key. */
  public void complain(String key, String detail) {
    if (readable) {
      complaints.add(new Complaint(pointerOf(key), detail));
    }
  }

  /** Ends the reading: returns every complaint, also about keys that nobody asked for. */
  public List<Complaint> complaints() {
    for (String key : fields.keySet()) {
      if (!known.contains(key)) {
        complain(key, "unknown key `" + key + "`" + Words.didYouMean(key, known));
      }
    }
    parts.forEach(JsonBody::complaints);
    return complaints;
  }

  private void require(String key) {
    if (!fields.containsKey(key)) {
      complain(key, "is missing");
    }
  }

  private @Nullable JsonNode take(String key) {
    known.add(key);
    return fields.get(key);
  }

  private String pointerOf(String key) {
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
  }
}
