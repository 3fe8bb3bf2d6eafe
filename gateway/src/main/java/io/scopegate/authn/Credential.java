package io.scopegate.authn;

import io.scopegate.policy.Delegation;
import io.scopegate.route.HttpFields;
import java.time.Instant;
import java.util.List;

/** What a request presents of its caller, unchecked. Immutable; never printed. */
public sealed interface Credential {

  /** The cookie that carries a session. */
  String COOKIE = "__Host-scopegate";

  /** Nothing. */
  record None() implements Credential {}

  /**
   * The value of {@code Authorization: Bearer} (RFC 6750 §2.1): the end of that field, of which a
   * text is made only for those who need one.
   */
  final class Bearer implements Credential {
    private final String field;
    private final int from;

    /** Takes the end of a field, which is ASCII. */
    Bearer(String field, int from) {
      this.field = field;
      this.from = from;
    }

    /** Says whether the value begins so. */
    boolean startsWith(String prefix) {
      return field.startsWith(prefix, from);
    }

    /** Returns the length of the value. */
    int length() {
      return field.length() - from;
    }

    /** Copies the value into an array that has room for it. */
    // The deprecated copy is the one that is a plain array copy, which for ASCII is right.
    @SuppressWarnings("deprecation")
    void copyTo(byte[] bytes) {
      field.getBytes(from, field.length(), bytes, 0);
    }

    /** Returns the value. */
    public String value() {
      return field.substring(from);
    }

    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  /** The value of the session cookie. */
  record SessionCookie(String value) implements Credential {
    @Override
    public String toString() {
      return "SessionCookie[…]";
    }
  }

  /**
   * An {@code Authorization} that is not a well-formed bearer: never valid, and no way to the
   * cookie.
   */
  record Unusable() implements Credential {}

  /**
   * Who the client is by the certificate of its connection (RFC 5280): used only where the request
   * itself presents nothing.
   *
   * @param subject with the prefix of its authority
   * @param delegation what it hands over
   * @param expires when the certificate ends, which the connection may outlive
   */
  record Certificate(String subject, Delegation delegation, Instant expires)
      implements Credential {}

  /** Presented more than once. */
  record Ambiguous(String detail) implements Credential {}

  /** Returns a bearer of this value; an unusable credential if no bearer has such a value. */
  static Credential bearer(String value) {
    return Presented.token68(value, 0);
  }

  /**
   * Reads the credential of a request; what its connection presents counts only where the request
   * presents nothing.
   */
  static Credential from(HttpFields fields, Credential ofConnection) {
    Credential ofRequest = from(fields);
    return ofRequest instanceof None ? ofConnection : ofRequest;
  }

  /** Reads the credential of a request. */
  static Credential from(HttpFields fields) {
    List<String> authorization = fields.values("authorization");
    if (authorization.size() > 1) {
      return new Ambiguous("more than one `Authorization` field");
    }
    List<String> cookies = fields.values("cookie");
    List<String> sessions = cookies.isEmpty() ? List.of() : Presented.sessions(cookies);
    if (sessions.size() > 1) {
      return new Ambiguous("more than one `" + COOKIE + "` cookie");
    }
    if (!authorization.isEmpty()) {
      return Presented.bearer(authorization.get(0));
    }
    return sessions.isEmpty() ? new None() : new SessionCookie(sessions.get(0));
  }
}
