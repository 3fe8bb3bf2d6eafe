package io.scopegate.proxy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * One of the attack cases: what is sent and what must come of it. Immutable.
 *
 * @param request the bytes, one character each, with placeholders for credentials
 * @param script the steps, of a case over HTTP/2
 * @param statuses 0 is a connection closed without an answer
 */
record SecurityCase(
    String id,
    String family,
    boolean http2,
    String request,
    JsonNode script,
    Set<Integer> statuses,
    int maxBackendRequests,
    boolean closes,
    String must) {

  /** Reads the cases of these families, but for those that are told in words only. */
  static List<SecurityCase> of(Set<String> families) {
    try (InputStream in = SecurityCase.class.getResourceAsStream("/security/cases.json")) {
      JsonNode cases = JsonMapper.shared().readTree(Objects.requireNonNull(in)).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .filter(one -> families.contains(one.get("family").asString()))
          .filter(
              one ->
                  one.has("raw_request_b64")
                      || one.has("raw_request_zlib_b64")
                      || one.get("http_version").asString().equals("2"))
          .map(SecurityCase::read)
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the ids of a family, with those that are told in words only. */
  static List<String> idsOf(String family) {
    try (InputStream in = SecurityCase.class.getResourceAsStream("/security/cases.json")) {
      JsonNode cases = JsonMapper.shared().readTree(Objects.requireNonNull(in)).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .filter(one -> one.get("family").asString().equals(family))
          .map(one -> one.get("id").asString())
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static SecurityCase read(JsonNode node) {
    JsonNode expected = node.get("expected");
    boolean http2 = node.get("http_version").asString().equals("2");
    return new SecurityCase(
        node.get("id").asString(),
        node.get("family").asString(),
        http2,
        http2 ? "" : request(node),
        http2 ? node.get("h2_script") : MissingNode.getInstance(),
        StreamSupport.stream(expected.get("status_any_of").spliterator(), false)
            .map(JsonNode::asInt)
            .collect(Collectors.toUnmodifiableSet()),
        expected.get("backend_requests_max").asInt(),
        expected.get("connection_closed").asBoolean(false),
        expected.get("must").asString());
  }

  private static String request(JsonNode node) {
    Base64.Decoder base64 = Base64.getDecoder();
    if (node.has("raw_request_b64")) {
      return Wire.latin1(base64.decode(node.get("raw_request_b64").asString()));
    }
    byte[] packed = base64.decode(node.get("raw_request_zlib_b64").asString());
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      in.transferTo(out);
      return out.toString(StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the bytes with credentials in place of the placeholders. */
  String requestWith(Map<String, String> credentials) {
    String filled = request;
    for (Map.Entry<String, String> entry : credentials.entrySet()) {
      filled = filled.replace("{{" + entry.getKey() + "}}", entry.getValue());
    }
    return filled;
  }

  @Override
  public String toString() {
    return id;
  }
}
