package io.scopegate.admin;

import io.scopegate.admin.AdminTokens.Access;
import io.scopegate.endpoint.Answers;
import io.scopegate.guard.LocalHandler;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.route.Forwarding;
import io.scopegate.route.PathTemplate;
import io.scopegate.route.Places;
import io.scopegate.route.Position;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import io.scopegate.route.RouteMatch;
import io.scopegate.route.RouteTable;
import io.scopegate.route.Rule;
import io.scopegate.store.StoreFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Finds the endpoint of a request, with the same table that guards the edge. Immutable. */
final class EndpointTable {
  private static final String HINT = "; a subject can also be named in the query, by `subject=`";

  private final RouteTable table;
  private final Map<String, Row> rows;

  private EndpointTable(RouteTable table, Map<String, Row> rows) {
    this.table = table;
    this.rows = Map.copyOf(rows);
  }

  /**
   * A row.
   *
   * @param method the only method it takes ({@code GET} covers {@code HEAD})
   * @param access what a token must be allowed; empty for what is open to everybody
   * @param blocks whether the endpoint may wait for a disk
   */
  record Row(
      String method, String path, Optional<Access> access, boolean blocks, Endpoint endpoint) {

    static Row open(String path, Endpoint endpoint) {
      return new Row("GET", path, Optional.empty(), false, endpoint);
    }

    /** What a path with two readings meets, whoever sends it. */
    static Row refused(String detail) {
      return new Row(
          "", "", Optional.of(Access.READ), false, call -> Answers.badRequest(detail + HINT));
    }

    static Row reading(String method, String path, Endpoint endpoint) {
      return new Row(method, path, Optional.of(Access.READ), true, endpoint);
    }

    static Row writing(String method, String path, Endpoint endpoint) {
      return new Row(method, path, Optional.of(Access.WRITE), true, endpoint);
    }
  }

  /** A row that a request met, with the parameters of its path. */
  record Found(Row row, Map<String, String> parameters) {

    /** Answers here and now, or on the executor if the endpoint may block. */
    CompletionStage<Answer> answer(LocalHandler.Request request, Executor executor) {
      Endpoint.Call call = new Endpoint.Call(request.line(), parameters, request.body());
      return row.blocks()
          ? CompletableFuture.supplyAsync(() -> answer(call), executor)
          : CompletableFuture.completedStage(answer(call));
    }

    private Answer answer(Endpoint.Call call) {
      try {
        return row.endpoint().answer(call);
      } catch (StoreFailure e) {
        return Answers.unavailable(e);
      }
    }
  }

  static EndpointTable of(List<Row> rows) {
    Map<String, Row> byId = new HashMap<>();
    List<Route> routes = new ArrayList<>();
    for (Row row : rows) {
      Route route = route(row);
      byId.put(route.id(), row);
      routes.add(route);
    }
    RouteTable.Built built = RouteTable.build(routes);
    if (!built.clashes().isEmpty()) {
      throw new IllegalStateException("two endpoints can meet one request: " + built.clashes());
    }
    return new EndpointTable(built.table(), byId);
  }

  private static Route route(Row row) {
    return new Route(
        row.method() + " " + row.path(),
        new Position("admin", 1, 1),
        Set.of(row.method()),
        Optional.empty(),
        PathTemplate.parse(row.path()),
        Optional.empty(),
        new Rule.Public(),
        Places.none(),
        Forwarding.to("admin"),
        Optional.empty(),
        false,
        false,
        "",
        List.of());
  }

  Optional<Found> find(RequestLine line) {
    return table.match(line).flatMap(this::found);
  }

  private Optional<Found> found(RouteMatch match) {
    if (match.refusal().isPresent()) {
      return Optional.of(new Found(Row.refused(match.refusal().get()), Map.of()));
    }
    Route route = match.rows().get(0);
    Row row = rows.get(route.id());
    if (row == null) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    route.path().parameters().forEach(name -> parameters.put(name, match.parameter(route, name)));
    return Optional.of(new Found(row, parameters));
  }
}
