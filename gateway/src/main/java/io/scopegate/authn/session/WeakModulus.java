package io.scopegate.authn.session;

import java.math.BigInteger;

/**
 * Tells RSA moduli of the ROCA generator (CVE-2017-15361), from which the private key can be found:
 * modulo small primes they are powers of 65537, which a sound modulus is for all of these only by a
 * chance of about 2^-28. Immutable.
 */
final class WeakModulus {
  private static final BigInteger GENERATOR = BigInteger.valueOf(65_537);

  /** Those modulo which the powers of the generator are few. */
  private static final int[] PRIMES = {
    11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157
  };

  private WeakModulus() {}

  /** Says whether a modulus has the mark of that generator. */
  static boolean isIn(BigInteger modulus) {
    for (int prime : PRIMES) {
      if (!isPower(modulus, BigInteger.valueOf(prime))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPower(BigInteger modulus, BigInteger prime) {
    BigInteger wanted = modulus.mod(prime);
    BigInteger power = BigInteger.ONE;
    do {
      if (power.equals(wanted)) {
        return true;
      }
      power = power.multiply(GENERATOR).mod(prime);
    } while (!power.equals(BigInteger.ONE));
    return false;
  }
}
