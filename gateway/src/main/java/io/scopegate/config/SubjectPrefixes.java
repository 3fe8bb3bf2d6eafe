package io.scopegate.config;

import io.scopegate.file.Problems;
import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the subjects of every issuer and of every authority of client certificates begin with, so
 * that nobody's can be taken for another's. Confined to one reading.
 */
final class SubjectPrefixes {
  private final Problems problems;
  private final List<Claim> claims = new ArrayList<>();

  SubjectPrefixes(Problems problems) {
    this.problems = problems;
  }

  /** Who vouches for subjects. */
  enum Kind {
    /** An issuer, whose subjects are looked at on every request. */
    ISSUER,
    /** An authority of client certificates, whose subjects are taken as they are. */
    AUTHORITY
  }

  /**
   * A prefix and whose it is.
   *
   * @param owner the same for the same issuer or authority
   */
  private record Claim(Kind kind, Object owner, String prefix) {
    boolean isPlain() {
      return prefix.isEmpty();
    }
  }

  /** Notes a prefix, empty where there is none, and what clashes with it. */
  void claim(Kind kind, Object owner, String prefix, Position at) {
    if (!prefix.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      problems.error(at, "a `prefix` must be visible ASCII");
    }
    Claim claim = new Claim(kind, owner, prefix);
    Set<List<String>> clashes = new LinkedHashSet<>();
    for (Claim other : claims) {
      if (!other.owner().equals(owner)) {
        clashes.addAll(clashes(claim, other));
      }
    }
    clashes.forEach(clash -> problems.error(at, clash.get(0), clash.get(1)));
    claims.add(claim);
  }

  private static List<List<String>> clashes(Claim claim, Claim other) {
    if (claim.isPlain() && other.isPlain()) {
      boolean issuers = claim.kind() == Kind.ISSUER && other.kind() == Kind.ISSUER;
      return List.of(
          List.of(
              "a second "
                  + (issuers ? "issuer" : "issuer or authority of client certificates")
                  + " without a `prefix`",
              "the subjects of all issuers"
                  + (issuers ? "" : " and authorities")
                  + " but one carry a prefix"));
    }
    if (claim.isPlain() || other.isPlain()) {
      Claim plain = claim.isPlain() ? claim : other;
      // What an issuer says is refused where it begins with another's prefix; what an authority
      // certifies is not looked at again.
      return plain.kind() == Kind.ISSUER
          ? List.of()
          : List.of(
              List.of(
                  "client certificates without a `prefix` could name a subject that begins with `"
                      + (claim.isPlain() ? other : claim).prefix()
                      + "`",
                  "give the `subject` of their `clientCertificates` a `prefix`, too"));
    }
    return claim.prefix().startsWith(other.prefix()) || other.prefix().startsWith(claim.prefix())
        ? List.of(
            List.of(
                "`"
                    + claim.prefix()
                    + "` and the prefix `"
                    + other.prefix()
                    + "` could begin one subject",
                ""))
        : List.of();
  }
}
