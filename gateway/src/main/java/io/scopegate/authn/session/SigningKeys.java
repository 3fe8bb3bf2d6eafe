package io.scopegate.authn.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of an issuer at one moment, less those that nobody should trust: private and
 * symmetric ones, ones for encryption, weak ones, and ones that share an id. Immutable.
 */
final class SigningKeys {
  private static final int MIN_MODULUS_BITS = 2048;
  private static final int MAX_MODULUS_BITS = 8192;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(3);

  private final List<JWK> keys;

  private SigningKeys(List<JWK> keys) {
    this.keys = List.copyOf(keys);
  }

  /** What came of looking at a signature. */
  enum Result {
    GOOD,
    BAD,
    /** There is no key of this id: there may be one later. */
    NO_SUCH_KEY
  }

  /** Reads a key set (RFC 7517 §5); empty if it is none. A key that is no good is left out. */
  static Optional<SigningKeys> parse(String json) {
    Optional<Map<String, Object>> set = StrictJson.object(json.getBytes(StandardCharsets.UTF_8));
    if (set.isEmpty() || !(set.get().get("keys") instanceof List<?> entries)) {
      return Optional.empty();
    }
    List<JWK> usable = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<String> ambiguous = new HashSet<>();
    for (Object entry : entries) {
      JWK key = key(entry);
      if (key != null && key.getKeyID() != null && !ids.add(key.getKeyID())) {
        ambiguous.add(key.getKeyID());
      }
      if (key != null && isUsable(key)) {
        usable.add(key);
      }
    }
    usable.removeIf(key -> key.getKeyID() != null && ambiguous.contains(key.getKeyID()));
    return Optional.of(new SigningKeys(usable));
  }

  @SuppressWarnings("unchecked")
  private static @Nullable JWK key(Object entry) {
    if (!(entry instanceof Map<?, ?>)) {
      return null;
    }
    try {
      // It also finds out whether a point is on its curve.
      return JWK.parse((Map<String, Object>) entry);
    } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
      return null;
    }
  }

  private static boolean isUsable(JWK key) {
    boolean verifies =
        !key.isPrivate()
            && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
            && (key.getKeyOperations() == null
                || key.getKeyOperations().contains(KeyOperation.VERIFY));
    if (!verifies) {
      return false;
    }
    if (key instanceof RSAKey rsa) {
      BigInteger modulus = rsa.getModulus().decodeToBigInteger();
      BigInteger exponent = rsa.getPublicExponent().decodeToBigInteger();
      return modulus.bitLength() >= MIN_MODULUS_BITS
          && modulus.bitLength() <= MAX_MODULUS_BITS
          && exponent.compareTo(MIN_EXPONENT) >= 0
          && exponent.testBit(0)
          && !WeakModulus.isIn(modulus);
    }
    return key instanceof ECKey;
  }

  /** Says whether there is any key. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Says whether these are the same keys, however often they were fetched. */
  boolean areSameAs(SigningKeys other) {
    return keys.equals(other.keys);
  }

  /**
   * Looks at the signature of a token. One that names no key counts only if a single key fits.
   *
   * @param algorithm one that the issuer may use; the token has claimed it
   */
  Result verify(CompactToken token, JWSAlgorithm algorithm) {
    JWK found = null;
    for (JWK key : keys) {
      if (isMeant(key, token, algorithm)) {
        if (found != null) {
          return Result.BAD;
        }
        found = key;
      }
    }
    if (found == null) {
      return Result.NO_SUCH_KEY;
    }
    return fits(found, algorithm) && isSignedBy(found, token, algorithm) ? Result.GOOD : Result.BAD;
  }

  private static boolean isMeant(JWK key, CompactToken token, JWSAlgorithm algorithm) {
    return token.keyId().isPresent()
        ? token.keyId().get().equals(key.getKeyID())
        : fits(key, algorithm);
  }

  private static boolean fits(JWK key, JWSAlgorithm algorithm) {
    if (key.getAlgorithm() != null && !key.getAlgorithm().equals(algorithm)) {
      return false;
    }
    return key instanceof ECKey ec
        ? Curve.forJWSAlgorithm(algorithm) != null
            && Curve.forJWSAlgorithm(algorithm).contains(ec.getCurve())
        : JWSAlgorithm.Family.RSA.contains(algorithm);
  }

  private static boolean isSignedBy(JWK key, CompactToken token, JWSAlgorithm algorithm) {
    try {
      JWSVerifier verifier =
          key instanceof ECKey ec ? new ECDSAVerifier(ec) : new RSASSAVerifier((RSAKey) key);
      return verifier.verify(
          new JWSHeader(algorithm), token.signingInput(), Base64URL.encode(token.signature()));
    } catch (JOSEException e) {
      return false;
    }
  }
}
