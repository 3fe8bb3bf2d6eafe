package io.scopegate.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.util.concurrent.FastThreadLocal;
import io.scopegate.authn.assertion.Assertions;
import io.scopegate.backend.Backend;
import io.scopegate.backend.FieldChanges;
import io.scopegate.guard.LocalHandler;
import io.scopegate.permission.PermissionSet;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Grants;
import io.scopegate.proxy.message.Fields;
import io.scopegate.proxy.message.Framing;
import io.scopegate.proxy.message.RequestHead;
import io.scopegate.proxy.message.ResponseHead;
import io.scopegate.proxy.message.WebSocketFields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The one owner of all rules for header fields, both ways: what is dropped, what is set, what
 * passes. Safe from any thread.
 */
final class HeaderRules {
  private static final int MAX_LISTING = 16 * 1024;

  /** What is written out goes into the same fields again and again: nobody keeps them. */
  private static final FastThreadLocal<Fields> WRITTEN =
      new FastThreadLocal<>() {
        @Override
        protected Fields initialValue() {
          return new Fields();
        }
      };

  // Callers hold few different sets; sorting their names anew for each request would cost more
  // than the decision. The sets of an old policy grow cold and leave.
  private final Cache<PermissionSet, String> permissionWords =
      Caffeine.newBuilder()
          .maximumSize(1024)
          .expireAfterWrite(Duration.ofMinutes(5))
          .executor(Runnable::run)
          .build();

  private final Assertions assertions;

  HeaderRules(Assertions assertions) {
    this.assertions = assertions;
  }

  /** Says whether the places that the backend is told can be told whole. */
  static boolean canTell(Decision.Allow allow) {
    if (allow.listing().isEmpty()) {
      return true;
    }
    int length = 0;
    for (String id : allow.listing().get().ids()) {
      length += id.length() + 1;
    }
    return length - 1 <= MAX_LISTING;
  }

  private static Fields emptied() {
    Fields fields = WRITTEN.get();
    fields.clear();
    return fields;
  }

  /**
   * Returns the fields for the backend, good until this thread asks for the next ones.
   *
   * @param endpoint the authority of the endpoint
   */
  Fields forBackend(
      RequestHead head,
      Decision.Allow allow,
      Client client,
      String requestId,
      Backend.Settings settings,
      String endpoint) {
    Fields out = emptied();
    out.addOurs("Host", settings.preservesHost() ? head.host() : endpoint);
    Fields in = head.fields();
    for (int i = 0; i < in.size(); i++) {
      copyToBackend(in, i, out, allow, client, settings);
    }
    frame(head.framing(), out);
    if (head.expectsContinue()) {
      out.addOurs("Expect", "100-continue");
    }
    change(settings.requestFields(), out);
    addOrigin(head, client, !settings.requestFields().isEmpty(), out);
    out.addOurs("X-Request-Id", requestId);
    addIdentity(allow, out);
    Optional<String> assertion = assertions.text(allow);
    if (assertion.isPresent()) {
      out.addOurs("X-Scopegate-Assertion", assertion.get());
    }
    return out;
  }

  /** Adds what asks a backend for a WebSocket; returns the key that it must answer to. */
  static String askForWebSocket(Fields out, RequestIds ids) {
    out.addOurs("Connection", "Upgrade");
    out.addOurs("Upgrade", WebSocketFields.PROTOCOL);
    Optional<String> clients = out.first(WebSocketFields.KEY);
    if (clients.isPresent()) {
      return clients.get();
    }
    String key = WebSocketFields.key(ids.bytes());
    out.addOurs(WebSocketFields.KEY, key);
    return key;
  }

  /** Says whether a client takes trailers (RFC 9110 §10.1.4). */
  static boolean wantsTrailers(RequestHead head) {
    Fields in = head.fields();
    int line = in.line("TE", 0);
    return line >= 0 && in.value(line).equalsIgnoreCase("trailers");
  }

  private static void copyToBackend(
      Fields in,
      int line,
      Fields out,
      Decision.Allow allow,
      Client client,
      Backend.Settings settings) {
    switch (FieldClass.of(in.name(line))) {
      case PLAIN, HEAD_ONLY, SET_COOKIE, SCOPES -> out.addFrom(in, line);
      case AUTHORIZATION -> {
        if (passesAuthorization(in.value(line), allow, settings)) {
          out.addFrom(in, line);
        }
      }
      case COOKIE -> {
        if (settings.forwardsCredentials()) {
          out.addFrom(in, line);
        } else {
          GatewayCookie.without(in.value(line)).ifPresent(rest -> out.addOurs("Cookie", rest));
        }
      }
      case SUBPROTOCOLS -> {
        if (settings.forwardsCredentials()) {
          out.addFrom(in, line);
        } else {
          Subprotocols.withoutCredentials(in.value(line))
              .ifPresent(rest -> out.addOurs("Sec-WebSocket-Protocol", rest));
        }
      }
      case FORWARDED -> {
        if (client.trusted() && !isForwardedFor(in.name(line))) {
          out.addFrom(in, line);
        }
      }
      case HOP_BY_HOP, FRAMING, HOST, EXPECT, RESERVED, REQUEST_ID -> {
        // Dropped, or written anew.
      }
    }
  }

  private static boolean passesAuthorization(
      String value, Decision.Allow allow, Backend.Settings settings) {
    if (settings.forwardsCredentials()) {
      return true;
    }
    String scheme = "bearer";
    boolean bearer =
        value.regionMatches(true, 0, scheme, 0, scheme.length())
            && (value.length() == scheme.length() || !isTokenChar(value.charAt(scheme.length())));
    return !bearer && (allow.row().isPublic() || allow.row().forwarding().shadow());
  }

  private static boolean isTokenChar(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '_';
  }

  private static boolean isForwardedFor(String name) {
    return Fields.isAlias(name, "X-Forwarded-For") || Fields.isAlias(name, "Forwarded");
  }

  private static void addOrigin(RequestHead head, Client client, boolean changed, Fields out) {
    String proto = client.secure() ? "https" : "http";
    if (!client.trusted() && !changed) {
      // None of these can be there: what the client said of them was dropped.
      out.addOurs("X-Forwarded-For", client.address());
      out.addOurs("X-Forwarded-Proto", proto);
      out.addOurs("X-Forwarded-Host", head.host());
      return;
    }
    StringBuilder via = new StringBuilder();
    if (client.trusted()) {
      Fields in = head.fields();
      for (int i = in.line("X-Forwarded-For", 0); i >= 0; i = in.line("X-Forwarded-For", i + 1)) {
        via.append(in.value(i)).append(", ");
      }
    }
    out.set("X-Forwarded-For", via.append(client.address()).toString());
    if (out.line("X-Forwarded-Proto", 0) < 0) {
      out.addOurs("X-Forwarded-Proto", proto);
    }
    if (out.line("X-Forwarded-Host", 0) < 0) {
      out.addOurs("X-Forwarded-Host", head.host());
    }
  }

  private void addIdentity(Decision.Allow allow, Fields out) {
    if (allow.row().isPublic() || !(allow.caller() instanceof Caller.Authenticated caller)) {
      return;
    }
    out.addKept("X-Scopegate-Subject", caller.principal().subject());
    out.addKept("X-Scopegate-Token", caller.tokenId());
    Decision.Listing.Kind listed =
        allow.listing().map(Decision.Listing::kind).orElse(Decision.Listing.Kind.PROJECTS);
    Optional<Grants> counted = allow.grants();
    if (listed == Decision.Listing.Kind.PROJECTS && counted.isPresent()) {
      Grants grants = counted.get();
      out.addKept("X-Scopegate-Organization", grants.organization());
      Optional<PermissionSet> effective = grants.effective();
      if (effective.isPresent() && !effective.get().isEmpty()) {
        String words = permissionWords.get(effective.get(), HeaderRules::words);
        out.addKept("X-Scopegate-Permissions", words);
      }
    }
    if (allow.listing().isPresent()) {
      Decision.Listing listing = allow.listing().get();
      out.addOurs(
          listed == Decision.Listing.Kind.PROJECTS
              ? "X-Scopegate-Projects"
              : "X-Scopegate-Organizations",
          listing.everywhere() ? "*" : String.join(",", listing.ids()));
    }
  }

  private static String words(PermissionSet set) {
    return String.join(" ", set.names());
  }

  /**
   * Returns the fields for the client, without those that frame the body, good until this thread
   * asks for the next ones.
   */
  Fields forClient(
      ResponseHead head, Decision.Allow allow, String requestId, Backend.Settings settings) {
    Fields out = emptied();
    Fields in = head.fields();
    boolean known = allow.caller() instanceof Caller.Authenticated;
    for (int i = 0; i < in.size(); i++) {
      if (passesToClient(in.name(i), in.value(i), known)) {
        out.addFrom(in, i);
      }
    }
    change(settings.responseFields(), out);
    CorsFields.strip(out, allow.row());
    if (!head.isInterim()) {
      out.addOurs("X-Request-Id", requestId);
      ScopeFields.addTo(out, allow);
    }
    return out;
  }

  /**
   * Returns the fields of an answer that a backend inside the gateway gives.
   *
   * @throws IllegalArgumentException if one could not be read back as it is
   */
  Fields forClient(LocalHandler.Answer answer, Decision.Allow allow, String requestId) {
    Fields out = new Fields();
    answer.fields().forEach((name, values) -> values.forEach(value -> out.add(name, value)));
    out.addOurs("X-Request-Id", requestId);
    ScopeFields.addTo(out, allow);
    return out;
  }

  private static boolean passesToClient(String name, String value, boolean known) {
    return switch (FieldClass.of(name)) {
      case HOP_BY_HOP, FRAMING, REQUEST_ID -> false;
      case SET_COOKIE -> !GatewayCookie.isSetBy(value);
      case RESERVED -> !isScopegate(name);
      case SCOPES -> !known;
      default -> true;
    };
  }

  private static boolean isScopegate(String name) {
    String prefix = "x-scopegate-";
    return name.length() > prefix.length()
        && Fields.isAlias(prefix, name.substring(0, prefix.length()));
  }

  /** Returns the trailers that pass, either way. */
  static Fields trailers(Fields in) {
    if (in.size() == 0) {
      return in;
    }
    Fields out = new Fields();
    for (int i = 0; i < in.size(); i++) {
      if (FieldClass.of(in.name(i)) == FieldClass.PLAIN) {
        out.addFrom(in, i);
      }
    }
    return out;
  }

  /** Adds the fields that frame a body. */
  static void frame(Framing framing, Fields out) {
    if (framing.kind() == Framing.Kind.FIXED) {
      out.addRead("Content-Length", framing.digits());
    } else if (framing.kind() == Framing.Kind.CHUNKED) {
      out.addOurs("Transfer-Encoding", "chunked");
    }
  }

  private static void change(FieldChanges changes, Fields out) {
    if (changes.isEmpty()) {
      return;
    }
    List<String> removed = changes.remove();
    removed.forEach(out::remove);
    changes.set().forEach(out::set);
  }
}
