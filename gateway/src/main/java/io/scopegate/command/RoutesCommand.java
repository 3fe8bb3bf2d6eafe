package io.scopegate.command;

import io.scopegate.admin.TableListing;
import io.scopegate.endpoint.Json;
import io.scopegate.permission.Level;
import io.scopegate.policy.Policy;
import io.scopegate.route.Expression;
import io.scopegate.route.HostPattern;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the table as the gateway sees it, presets expanded. */
@Command(
    name = "routes",
    description = "Shows the route table as the gateway sees it, presets expanded.")
final class RoutesCommand implements Callable<Integer> {
  @Mixin private PolicyOption policy = new PolicyOption();
  @Mixin private OutputOption output = new OutputOption();

  private final Surroundings surroundings;

  RoutesCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Policy table = policy.read();
    if (output.isJson()) {
      surroundings.out().println(Json.text(TableListing.of(table)));
      return 0;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("METHODS", "HOST", "PATH", "WHO", "BACKEND", "AT"));
    table.routes().routes().forEach(route -> rows.add(row(route)));
    Columns.print(surroundings.out(), rows);
    return 0;
  }

  private static List<String> row(Route route) {
    return List.of(
        String.join(",", route.methods().stream().sorted().toList()),
        route.host().map(RoutesCommand::host).orElse("*"),
        route.path().text() + (route.when().isPresent() ? " (when …)" : ""),
        who(route.rule()),
        route.forwarding().backend() + (route.forwarding().shadow() ? " (shadow)" : ""),
        route.at().file() + ":" + route.at().line());
  }

  private static String host(HostPattern host) {
    return host.label().map(label -> "{" + label + "}").orElse("") + host.rest();
  }

  private static String who(Rule rule) {
    if (rule instanceof Rule.Permitted permitted) {
      StringBuilder who = new StringBuilder();
      who.append(words(permitted.requirement().expression(), false));
      for (Level level : Level.values()) {
        List<String> names = permitted.roles().getOrDefault(level, List.of());
        if (!names.isEmpty()) {
          who.append(", role ").append(level.word()).append(':').append(String.join("|", names));
        }
      }
      return who.toString();
    }
    return rule instanceof Rule.Public ? "public" : "authenticated";
  }

  private static String words(Expression expression, boolean inside) {
    if (expression instanceof Expression.Term term) {
      return term.permission() + term.at().map(level -> "@" + level.word()).orElse("");
    }
    boolean any = expression instanceof Expression.Any;
    List<Expression> parts =
        any ? ((Expression.Any) expression).of() : ((Expression.All) expression).of();
    String joined =
        parts.stream()
            .map(part -> words(part, true))
            .collect(Collectors.joining(any ? " or " : " and "));
    return inside ? "(" + joined + ")" : joined;
  }
}
