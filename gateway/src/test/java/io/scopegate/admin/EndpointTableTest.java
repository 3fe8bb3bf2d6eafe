package io.scopegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.guard.LocalHandler;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.store.StoreFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointTableTest {
  @Test
  void a_store_that_is_away_is_503_and_says_when_to_ask_again() {
    EndpointTable table =
        EndpointTable.of(
            List.of(
                EndpointTable.Row.reading(
                    "GET",
                    "/tokens",
                    call -> {
                      throw new StoreFailure("the shared store cannot be reached");
                    })));
    RequestLine line = (RequestLine) RequestLine.parse("GET", "/tokens", "localhost");

    LocalHandler.Answer answer =
        table
            .find(line)
            .orElseThrow()
            .answer(new LocalHandler.Request("", line, HttpFields.of(Map.of()), ""), Runnable::run)
            .toCompletableFuture()
            .join();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("identity_unavailable");
    assertThat(answer.fields()).containsEntry("Retry-After", List.of("1"));
  }
}
