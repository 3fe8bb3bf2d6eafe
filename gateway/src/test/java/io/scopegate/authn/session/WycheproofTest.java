package io.scopegate.authn.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import io.scopegate.SharedData;
import io.scopegate.endpoint.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Signatures and keys against the vectors of the Wycheproof project. */
class WycheproofTest {
  private static final Set<String> ALGORITHMS =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  /**
   * Valid by the vectors and refused here: the key says that it is for another algorithm than the
   * token's, which other vectors demand to be refused.
   */
  private static final Set<Integer> KEY_OF_ANOTHER_ALGORITHM = Set.of(346, 347, 350, 351);

  private static boolean isAccepted(JsonNode keys, String jws) {
    String set = keys.has("keys") ? keys.toString() : "{\"keys\":[" + keys + "]}";
    return CompactToken.parse(jws)
        .filter(token -> ALGORITHMS.contains(token.algorithm()))
        .flatMap(
            token ->
                SigningKeys.parse(set)
                    .map(parsed -> parsed.verify(token, JWSAlgorithm.parse(token.algorithm()))))
        .filter(SigningKeys.Result.GOOD::equals)
        .isPresent();
  }

  /** Returns what is not as the vectors say; counts them by what is expected. */
  private static List<String> differences(String file, Set<Integer> stricter, int[] counts) {
    List<String> differences = new ArrayList<>();
    for (JsonNode group : Json.read(SharedData.text(file)).path("testGroups")) {
      JsonNode keys = group.has("public") ? group.path("public") : group.path("private");
      boolean symmetric = keys.toString().contains("\"oct\"");
      for (JsonNode vector : group.path("tests")) {
        int id = vector.path("tcId").asInt();
        boolean valid = vector.path("result").asString().equals("valid");
        // Symmetric keys do not apply: what they sign is refused, good or bad.
        boolean expected = valid && !symmetric && !stricter.contains(id);
        JsonNode jws = vector.path("jws");
        if (isAccepted(keys, jws.isString() ? jws.asString() : jws.toString()) != expected) {
          differences.add(id + " " + vector.path("comment").asString());
        }
        counts[expected ? 1 : 0]++;
      }
    }
    return differences;
  }

  @Test
  void every_signature_vector_that_applies_ends_as_it_must() {
    int[] counts = new int[2];
    assertThat(
            differences(
                "wycheproof/json_web_signature_test.json", KEY_OF_ANOTHER_ALGORITHM, counts))
        .isEmpty();
    assertThat(counts).containsExactly(401 - 32, 32);
  }

  @Test
  void every_key_vector_ends_as_it_must() {
    int[] counts = new int[2];
    assertThat(differences("wycheproof/json_web_key_test.json", Set.of(), counts)).isEmpty();
    assertThat(counts).containsExactly(25, 1);
  }
}
