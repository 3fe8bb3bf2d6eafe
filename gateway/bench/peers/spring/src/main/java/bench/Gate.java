package bench;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * What one writes with Spring Cloud Gateway: one route per row, and a filter with a map of tokens to
 * scopes. Plain forwarding under {@code /open}.
 *
 * <p>Properties: {@code server.port}, {@code backend} (port), {@code routes} (how many), {@code may}
 * and {@code may.not} (tokens).
 */
@SpringBootApplication
public class Gate {
  private static final String BACKEND = "http://127.0.0.1:" + Integer.getInteger("backend");

  public static void main(String[] arguments) {
    SpringApplication.run(Gate.class, arguments);
  }

  @Bean
  RouteLocator routes(RouteLocatorBuilder builder) {
    RouteLocatorBuilder.Builder routes = builder.routes();
    routes = routes.route("open", row -> row.path("/open/**").uri(BACKEND));
    for (int i = 0; i < Integer.getInteger("routes"); i++) {
      String path = "/api/v1/r" + i + "/{id}/items";
      String need = "s" + i % 10 + ":read";
      routes =
          routes.route(
              "r" + i,
              row -> row.method(HttpMethod.GET).and().path(path).metadata("need", need).uri(BACKEND));
    }
    return routes.build();
  }

  @Bean
  GlobalFilter enforcement() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      all.add("s" + i + ":read");
    }
    return new Enforcement(
        Map.of(System.getProperty("may"), all, System.getProperty("may.not"), Set.of("other:read")));
  }

  private record Enforcement(Map<String, Set<String>> scopes) implements GlobalFilter, Ordered {
    @Override
    public int getOrder() {
      return -100;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
      Route route = exchange.getAttribute(GATEWAY_ROUTE_ATTR);
      Object need = route.getMetadata().get("need");
      if (need == null) {
        return chain.filter(exchange);
      }
      String value = exchange.getRequest().getHeaders().getFirst("Authorization");
      Set<String> held =
          value != null && value.startsWith("Bearer ") ? scopes.get(value.substring(7)) : null;
      if (held == null || !held.contains(need)) {
        exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
        return exchange.getResponse().setComplete();
      }
      return chain.filter(exchange);
    }
  }
}
