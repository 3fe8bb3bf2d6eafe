package io.scopegate.admin;

import io.scopegate.endpoint.Answers;
import io.scopegate.guard.LocalHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The probes address: health, readiness and figures for whoever asks. Safe from any thread. */
public final class ProbesHandler implements LocalHandler {
  private final EndpointTable table;
  private final Executor executor;

  /** Wires the endpoints. */
  public ProbesHandler(StatusEndpoints status, Executor executor) {
    this.table = EndpointTable.of(status.rows());
    this.executor = executor;
  }

  @Override
  public CompletionStage<Answer> handle(Request request) {
    return table
        .find(request.line())
        .map(found -> found.answer(request, executor))
        .orElseGet(
            () ->
                CompletableFuture.completedStage(
                    Answers.notFound("no such endpoint, or not for this method")))
        .thenApply(answer -> Answers.named(answer, request.id()));
  }
}
