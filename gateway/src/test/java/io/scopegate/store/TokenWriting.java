package io.scopegate.store;

import io.scopegate.policy.Bounds;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A process that writes tokens until it is killed, and prints the id of each that is kept. */
final class TokenWriting {
  private TokenWriting() {}

  public static void main(String[] arguments) {
    SecureRandom random = new SecureRandom();
    PrintStream out = System.out;
    try (IdentityStore store =
        new SqliteIdentityStore(Path.of(arguments[0]), Clock.systemUTC(), random)) {
      while (!out.checkError()) {
        String name = Long.toHexString(random.nextLong());
        StoredToken token =
            store.create(
                new NewToken(
                    "bob",
                    name,
                    List.of(),
                    Bounds.none(),
                    Optional.empty(),
                    TokenDigest.of(name),
                    "",
                    false));
        out.println(token.id());
      }
    }
  }
}
