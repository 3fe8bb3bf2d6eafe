package io.scopegate.proxy;

import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.Fields;
import io.scopegate.route.Cors;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Route;
import java.util.Optional;

/**
 * The fields that tell a browser which pages of other sites may read an answer (WHATWG Fetch
 * §3.2.3). Where the row says it, they are the gateway's alone. Safe from any thread.
 */
final class CorsFields {
  private static final String PREFIX = "Access-Control-";

  private CorsFields() {}

  /** Takes out what a backend says of it, where that is not its business. */
  static void strip(Fields fields, Route row) {
    if (row.cors().isPresent()) {
      fields.removeAll(PREFIX);
    }
  }

  /** Adds what the row says of the page that the request comes from. */
  static void addTo(Fields fields, Decision decision, HttpFields request) {
    if (decision instanceof Decision.Preflight preflight) {
      addTo(fields, preflight);
      return;
    }
    Route row = decision.row();
    if (row == null || row.cors().isEmpty()) {
      return;
    }
    Cors cors = row.cors().get();
    // Also on the answer to a request without an origin: a cache may keep that one for others.
    fields.addOurs("Vary", "Origin");
    Optional<String> origin = cors.origin(request);
    if (origin.isPresent()) {
      addOrigin(fields, cors, origin.get());
      addUnlessEmpty(fields, "Access-Control-Expose-Headers", cors.exposedHeaders());
    }
  }

  private static void addTo(Fields fields, Decision.Preflight preflight) {
    Cors cors = preflight.cors();
    fields.addOurs("Vary", "Origin, Access-Control-Request-Method");
    addOrigin(fields, cors, preflight.origin());
    fields.addOurs("Access-Control-Allow-Methods", preflight.method());
    addUnlessEmpty(fields, "Access-Control-Allow-Headers", cors.allowedHeaders());
    fields.addOurs("Access-Control-Max-Age", Long.toString(cors.maxAge().toSeconds()));
  }

  private static void addOrigin(Fields fields, Cors cors, String origin) {
    fields.addOurs("Access-Control-Allow-Origin", origin);
    if (cors.credentials()) {
      fields.addOurs("Access-Control-Allow-Credentials", "true");
    }
  }

  private static void addUnlessEmpty(Fields fields, String name, String value) {
    if (!value.isEmpty()) {
      fields.addOurs(name, value);
    }
  }
}
