package io.scopegate.admin;

import io.scopegate.admin.AdminTokens.Access;
import io.scopegate.authn.Credential;
import io.scopegate.endpoint.Answers;
import io.scopegate.guard.LocalHandler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The endpoints of the admin address. It refuses a foreign {@code Host} and any {@code Origin},
 * wants an admin token for everything but the probes, and leaves what may block to an executor.
 * Safe from any thread.
 */
public final class AdminHandler implements LocalHandler {
  private final EndpointTable table;
  private final AdminTokens tokens;
  private final HostRule hosts;
  private final Executor executor;

  /**
   * Wires the endpoints.
   *
   * @param host the configured host of the admin address
   * @param executor where endpoints run that may block
   */
  public AdminHandler(
      List<Endpoints> endpoints, AdminTokens tokens, String host, Executor executor) {
    this.table =
        EndpointTable.of(endpoints.stream().flatMap(group -> group.rows().stream()).toList());
    this.tokens = tokens;
    this.hosts = new HostRule(host);
    this.executor = executor;
  }

  @Override
  public CompletionStage<Answer> handle(Request request) {
    Optional<EndpointTable.Found> found = table.find(request.line());
    return refusal(request, found)
        .<CompletionStage<Answer>>map(CompletableFuture::completedStage)
        .orElseGet(() -> found.orElseThrow().answer(request, executor))
        .thenApply(answer -> Answers.named(answer, request.id()));
  }

  @Override
  public Optional<Answer> refusal(Request head) {
    return refusal(head, table.find(head.line())).map(answer -> Answers.named(answer, head.id()));
  }

  private Optional<Answer> refusal(Request request, Optional<EndpointTable.Found> found) {
    if (!hosts.accepts(request.line().host())) {
      return Optional.of(foreign("the admin address does not go by this host"));
    }
    if (!request.fields().values("origin").isEmpty()) {
      return Optional.of(foreign("the admin address takes no request from a web page"));
    }
    if (found.isPresent() && found.get().row().access().isEmpty()) {
      return Optional.empty();
    }
    // Who has no token learns nothing of what is here.
    Optional<Answer> stranger = refusalOfStranger(request, found);
    return stranger.isEmpty() && found.isEmpty()
        ? Optional.of(Answers.notFound("no such endpoint, or not for this method"))
        : stranger;
  }

  private Optional<Answer> refusalOfStranger(Request request, Optional<EndpointTable.Found> found) {
    Credential credential = Credential.from(request.fields());
    if (credential instanceof Credential.Ambiguous ambiguous) {
      return Optional.of(Answers.badRequest(ambiguous.detail()));
    }
    if (credential instanceof Credential.None) {
      return Optional.of(Answers.unauthorized(false, "an admin token is needed", Map.of()));
    }
    Optional<Access> access =
        credential instanceof Credential.Bearer bearer
            ? tokens.access(bearer.value())
            : Optional.empty();
    if (access.isEmpty()) {
      return Optional.of(Answers.unauthorized(true, "this is not an admin token", Map.of()));
    }
    boolean writes = found.flatMap(one -> one.row().access()).equals(Optional.of(Access.WRITE));
    return writes && access.get() == Access.READ
        ? Optional.of(
            Answers.problem(
                403,
                "insufficient_scope",
                "the token does not carry what this route requires",
                "this admin token may only read"))
        : Optional.empty();
  }

  private static Answer foreign(String detail) {
    return Answers.problem(403, "cross_site", "this request comes from another site", detail);
  }
}
