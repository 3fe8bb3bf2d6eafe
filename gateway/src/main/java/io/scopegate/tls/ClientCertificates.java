package io.scopegate.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a listener wants of its clients' certificates. Immutable.
 *
 * @param authorities who must have issued them
 * @param required whether there is no connection without one
 * @param subject who their holders are, if they count as a credential
 */
public record ClientCertificates(
    Path authorities, boolean required, Optional<SubjectRule> subject) {}
