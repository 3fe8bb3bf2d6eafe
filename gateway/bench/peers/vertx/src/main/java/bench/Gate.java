package bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.proxy.handler.ProxyHandler;
import io.vertx.httpproxy.HttpProxy;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one writes with Vert.x: one route per row, a map of tokens to scopes, a proxy. Plain
 * forwarding under {@code /open}.
 *
 * <p>Arguments: own port, backend's port, number of routes, token that may, token that may not.
 */
public final class Gate extends VerticleBase {
  private final int port;
  private final int backend;
  private final int routes;
  private final Map<String, Set<String>> scopes;

  private Gate(int port, int backend, int routes, Map<String, Set<String>> scopes) {
    this.port = port;
    this.backend = backend;
    this.routes = routes;
    this.scopes = scopes;
  }

  public static void main(String[] arguments) throws Exception {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      all.add("s" + i + ":read");
    }
    Map<String, Set<String>> scopes =
        Map.of(arguments[3], all, arguments[4], Set.of("other:read"));
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    vertx
        .deployVerticle(
            () ->
                new Gate(
                    Integer.parseInt(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    scopes),
            new DeploymentOptions().setInstances(1))
        .await();
  }

  @Override
  public Future<?> start() {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(256));
    HttpProxy proxy = HttpProxy.reverseProxy(client).origin(backend, "127.0.0.1");
    Router router = Router.router(vertx);
    router.route("/open/*").handler(ProxyHandler.create(proxy));
    for (int i = 0; i < routes; i++) {
      String need = "s" + i % 10 + ":read";
      router
          .get("/api/v1/r" + i + "/:id/items")
          .handler(context -> admit(context, need))
          .handler(ProxyHandler.create(proxy));
    }
    return vertx
        .createHttpServer(new HttpServerOptions())
        .requestHandler(router)
        .listen(port, "127.0.0.1");
  }

  private void admit(RoutingContext context, String need) {
    String value = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    Set<String> held =
        value != null && value.startsWith("Bearer ") ? scopes.get(value.substring(7)) : null;
    if (held == null || !held.contains(need)) {
      context.response().setStatusCode(403).end();
    } else {
      context.next();
    }
  }
}
