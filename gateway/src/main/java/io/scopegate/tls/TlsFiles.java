package io.scopegate.tls;

import io.scopegate.file.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What is made of files of certificates and keys, and can be made anew. Safe from any thread. */
public sealed interface TlsFiles permits ServerTls, ClientTls, TrustedAuthorities {

  /** Returns the files. */
  Set<Path> files();

  /**
   * Reads the files again; handshakes from now on use what is in them. If one cannot be used,
   * everything stays as it was. May block.
   *
   * @return warnings about what cannot be used
   */
  List<Problem> reload();
}
