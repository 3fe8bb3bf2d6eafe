package io.scopegate.store;

import java.util.LinkedHashSet;
import java.util.Set;

/** What a change has an effect on. Confined to the thread that makes the change. */
final class Effects {
  private final Set<TokenDigest> tokens = new LinkedHashSet<>();
  private final Set<String> subjects = new LinkedHashSet<>();
  private final Set<String> organizations = new LinkedHashSet<>();

  void token(TokenDigest digest) {
    tokens.add(digest);
  }

  void subject(String subject) {
    subjects.add(subject);
  }

  void organization(String id) {
    organizations.add(id);
  }

  Set<String> organizations() {
    return organizations;
  }

  void tell(IdentityStore.Listener listener) {
    if (organizations.isEmpty()) {
      subjects.forEach(listener::subjectChanged);
    } else {
      listener.everythingChanged();
    }
    tokens.forEach(listener::tokenChanged);
  }
}
