package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a header field between client and backend. Names are compared without case and
 * with {@code _} as good as {@code -}, because many backends read them so. Immutable.
 */
enum FieldClass {
  /** Passed on. */
  PLAIN,
  /** Passed on in a head, never in trailers (RFC 9110 §6.5.1). */
  HEAD_ONLY,
  /** For one connection only (RFC 9110 §7.6.1). */
  HOP_BY_HOP,
  /** Says where a body ends; written anew. */
  FRAMING,
  HOST,
  EXPECT,
  AUTHORIZATION,
  COOKIE,
  SET_COOKIE,
  /** A backend could take it for ours, for an identity, or for another request than was judged. */
  RESERVED,
  /** Says where the request came from; counts only from trusted proxies. */
  FORWARDED,
  REQUEST_ID,
  /** Names protocols, and in some clients' hands carries a credential. */
  SUBPROTOCOLS,
  /** Tells scopes; on the answer to a known caller it is ours. */
  SCOPES;

  /** One spelling of a name, and its class. Immutable: threads share them without a lock. */
  private record Known(String name, FieldClass fieldClass) {}

  private static final int LATELY = 1024;
  private static final int LONGEST_KNOWN = 40;

  /** What was asked for lately, as it was spelt; a name takes the place of another one. */
  private static final @Nullable Known[] KNOWN = new Known[LATELY];

  private static final int SLOTS = 512;
  private static final String[] NAMES = new String[SLOTS];
  private static final FieldClass[] CLASSES = new FieldClass[SLOTS];
  private static final String[] RESERVED_PREFIXES = {
    "x-scopegate-", "x-auth-request-", "x-remote-"
  };

  static {
    put(
        HEAD_ONLY,
        "Accept Accept-Encoding Accept-Language Access-Control-Allow-Credentials"
            + " Access-Control-Allow-Headers Access-Control-Allow-Methods"
            + " Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age Age Allow Cache-Control Content-Disposition"
            + " Content-Encoding Content-Language Content-Location Content-Range Content-Type Date"
            + " Expires If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since"
            + " Last-Modified Location Max-Forwards Origin Pragma Range Referer Retry-After Server"
            + " Trailer User-Agent Vary Via Warning WWW-Authenticate");
    put(SCOPES, "X-Accepted-OAuth-Scopes X-OAuth-Scopes");
    put(
        HOP_BY_HOP,
        "Connection Keep-Alive Proxy-Connection Proxy-Authenticate Proxy-Authorization"
            + " Proxy-Authentication-Info TE Upgrade HTTP2-Settings");
    put(FRAMING, "Content-Length Transfer-Encoding");
    put(HOST, "Host");
    put(EXPECT, "Expect");
    put(AUTHORIZATION, "Authorization");
    put(COOKIE, "Cookie");
    put(SET_COOKIE, "Set-Cookie");
    put(REQUEST_ID, "X-Request-Id");
    put(SUBPROTOCOLS, "Sec-WebSocket-Protocol");
    put(
        RESERVED,
        "X-Forwarded-User X-Forwarded-Email X-Forwarded-Groups X-Forwarded-Preferred-Username"
            + " X-Forwarded-Access-Token Remote-User Remote-Groups Remote-Name Remote-Email"
            + " X-Webauth-User X-HTTP-Method-Override X-HTTP-Method X-Method-Override"
            + " X-Original-URL X-Original-URI X-Original-Method X-Original-Host X-Original-Path"
            + " X-Rewrite-URL X-Rewrite-URI X-Forwarded-URI X-Forwarded-URL X-Forwarded-Method"
            + " X-Forwarded-Path");
    put(
        FORWARDED,
        "Forwarded X-Forwarded X-Forwarded-For X-Forwarded-Proto X-Forwarded-Protocol"
            + " X-Forwarded-Host X-Forwarded-Port X-Forwarded-Server X-Forwarded-Scheme"
            + " X-Forwarded-SSL X-Forwarded-Prefix X-Forwarded-By X-Forwarded-Client-Cert"
            + " X-URL-Scheme Front-End-HTTPS X-Real-IP X-Client-IP Client-IP True-Client-IP"
            + " X-Cluster-Client-IP CF-Connecting-IP Fastly-Client-IP X-Envoy-External-Address"
            + " Traceparent Tracestate");
  }

  private static void put(FieldClass fieldClass, String names) {
    for (String name : names.split(" ", -1)) {
      int slot = slot(name);
      while (NAMES[slot] != null) {
        slot = (slot + 1) % SLOTS;
      }
      NAMES[slot] = name;
      CLASSES[slot] = fieldClass;
    }
  }

  /** Returns the class of a field. */
  static FieldClass of(String name) {
    int place = (name.hashCode() ^ (name.hashCode() >>> 10)) & (LATELY - 1);
    Known known = KNOWN[place];
    if (known != null && known.name().equals(name)) {
      return known.fieldClass();
    }
    FieldClass found = find(name);
    if (name.length() <= LONGEST_KNOWN) {
      KNOWN[place] = new Known(name, found);
    }
    return found;
  }

  private static FieldClass find(String name) {
    for (int slot = slot(name); NAMES[slot] != null; slot = (slot + 1) % SLOTS) {
      if (Fields.isAlias(NAMES[slot], name)) {
        return CLASSES[slot];
      }
    }
    char first = name.charAt(0);
    if (first == 'x' || first == 'X') {
      for (String prefix : RESERVED_PREFIXES) {
        if (name.length() > prefix.length()
            && Fields.isAlias(prefix, name.substring(0, prefix.length()))) {
          return RESERVED;
        }
      }
    }
    return PLAIN;
  }

  private static int slot(String name) {
    int hash = name.length();
    for (int i = 0; i < name.length(); i++) {
      int c = name.charAt(i);
      // Letters lose their case, and both kinds of dash become one.
      hash = 31 * hash + (c == '_' ? '-' & 0x1f : c & 0x1f);
    }
    return (hash ^ (hash >>> 9)) & (SLOTS - 1);
  }
}
