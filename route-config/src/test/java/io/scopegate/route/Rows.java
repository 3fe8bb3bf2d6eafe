package io.scopegate.route;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes rows, tables and request lines for tests in few words. Immutable. */
public final class Rows {
  private Rows() {}

  /** Returns a row of {@code METHOD[,METHOD…] template} that wants any valid credential. */
  public static Row row(String match) {
    String[] words = match.split(" ", 2);
    return new Row(
        new Route(
            match,
            new Position("routes.yaml", 1, 1),
            Set.of(words[0].split(",")),
            Optional.empty(),
            PathTemplate.parse(words[1]),
            Optional.empty(),
            new Rule.Authenticated(Optional.empty()),
            Places.none(),
            Forwarding.to("core"),
            false,
            false,
            "",
            List.of()));
  }

  /** Returns the table of these rows, which must not clash. */
  public static RouteTable table(Row... rows) {
    return table(Stream.of(rows).map(Row::route).toList());
  }

  /** Returns the table of these rows, which must not clash. */
  public static RouteTable table(List<Route> rows) {
    RouteTable.Built built = RouteTable.build(rows);
    if (!built.clashes().isEmpty()) {
      throw new IllegalArgumentException("rows clash: " + built.clashes());
    }
    return built.table();
  }

  /** Returns the request line of {@code METHOD target} at {@code gw.test}. */
  public static RequestLine line(String request) {
    return line(request, "gw.test");
  }

  /** Returns the request line of {@code METHOD target} at a host. */
  public static RequestLine line(String request, String host) {
    String[] words = request.split(" ", 2);
    Reading reading = RequestLine.parse(words[0], words[1], host);
    if (reading instanceof RequestLine line) {
      return line;
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT, "%s at %s: %s", request, host, reading));
  }

  /** A row that can be changed into another. Immutable. */
  public record Row(Route route) {

    /** Returns it under another id. */
    public Row id(String id) {
      return with(id, route.at(), route.host(), route.when(), route.rule(), route.places());
    }

    /** Returns it at a line of {@code routes.yaml}. */
    public Row line(int line) {
      Position at = new Position("routes.yaml", line, 1);
      return with(route.id(), at, route.host(), route.when(), route.rule(), route.places());
    }

    /** Returns it limited to a host. */
    public Row host(String host) {
      Optional<HostPattern> pattern = Optional.of(HostPattern.parse(host));
      return with(route.id(), route.at(), pattern, route.when(), route.rule(), route.places());
    }

    /** Returns it under a condition. */
    public Row when(Condition.Clause... clauses) {
      Optional<Condition> when = Optional.of(new Condition(List.of(clauses)));
      return with(route.id(), route.at(), route.host(), when, route.rule(), route.places());
    }

    /** Returns it with another rule. */
    public Row rule(Rule rule) {
      return with(route.id(), route.at(), route.host(), route.when(), rule, route.places());
    }

    /** Returns it with other places. */
    public Row places(Places places) {
      return with(route.id(), route.at(), route.host(), route.when(), route.rule(), places);
    }

    /** Returns it leading elsewhere. */
    public Row forwarding(Forwarding forwarding) {
      return with(forwarding, route.encodedSlash(), route.pathParameters());
    }

    /** Returns it in shadow mode. */
    public Row shadow() {
      Forwarding to = route.forwarding();
      return forwarding(
          new Forwarding(
              to.backend(),
              to.stripPrefix(),
              true,
              to.timeout(),
              to.bodyLimitBytes(),
              to.webSocket()));
    }

    /** Returns it taking encoded slashes. */
    public Row encodedSlash() {
      return with(route.forwarding(), true, route.pathParameters());
    }

    /** Returns it taking path parameters. */
    public Row pathParameters() {
      return with(route.forwarding(), route.encodedSlash(), true);
    }

    private Row with(
        String id,
        Position at,
        Optional<HostPattern> host,
        Optional<Condition> when,
        Rule rule,
        Places places) {
      return new Row(
          new Route(
              id,
              at,
              route.methods(),
              host,
              route.path(),
              when,
              rule,
              places,
              route.forwarding(),
              route.encodedSlash(),
              route.pathParameters(),
              route.description(),
              route.tags()));
    }

    private Row with(Forwarding forwarding, boolean encodedSlash, boolean pathParameters) {
      return new Row(
          new Route(
              route.id(),
              route.at(),
              route.methods(),
              route.host(),
              route.path(),
              route.when(),
              route.rule(),
              route.places(),
              forwarding,
              encodedSlash,
              pathParameters,
              route.description(),
              route.tags()));
    }
  }
}
