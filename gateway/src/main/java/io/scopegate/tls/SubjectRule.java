package io.scopegate.tls;

import io.scopegate.policy.Bounds;
import io.scopegate.policy.Delegation;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Which subject the holder of a client certificate is, and what the certificate hands over.
 * Immutable.
 *
 * @param from what of the certificate names the subject
 * @param prefix put in front, so that no two authorities can name the same subject
 * @param scopes what it hands over; empty for everything that the subject's roles hold
 */
public record SubjectRule(From from, String prefix, Optional<List<String>> scopes) {
  private static final int MAX_LENGTH = 255;

  /** What of a certificate may name its subject. */
  public enum From {
    /** Its one alternative name that is a URI, such as {@code spiffe://example.org/billing}. */
    URI(6),
    /** Its one alternative name that is a host name. */
    DNS(2),
    /** Its one alternative name that is a mail address. */
    EMAIL(1),
    /** The one common name of its subject. */
    COMMON_NAME(-1);

    private final int kind;

    From(int kind) {
      this.kind = kind;
    }
  }

  /** Copies what it is given. */
  public SubjectRule {
    scopes = scopes.map(List::copyOf);
  }

  /**
   * Returns the subject; none if the certificate names several, or one that cannot be a subject:
   * which of them is meant would be a guess.
   */
  Optional<String> subject(X509Certificate certificate) {
    List<String> names =
        from == From.COMMON_NAME
            ? commonNames(certificate)
            : CertifiedKey.alternatives(certificate, from.kind);
    return names.size() == 1
        ? Optional.of(prefix + names.get(0)).filter(SubjectRule::isSubject)
        : Optional.empty();
  }

  /** Returns what the certificate hands over. */
  Delegation delegation() {
    return scopes
        .<Delegation>map(listed -> new Delegation.Restricted(listed, Bounds.none()))
        .orElseGet(Delegation::ofSession);
  }

  private static List<String> commonNames(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.size() > 1) {
          return List.of(); // more than one attribute at one level has more than one reading
        }
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
          names.add(name);
        }
      }
    } catch (InvalidNameException e) {
      return List.of();
    }
    return names;
  }

  private static boolean isSubject(String text) {
    return text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
