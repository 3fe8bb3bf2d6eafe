package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Cors;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one routes file. Used by the wiring only. */
final class PolicyFileReader {
  private final NodeReader reader;
  private final Backends backends;

  PolicyFileReader(Problems problems, Backends backends) {
    this.reader = new NodeReader(problems);
    this.backends = backends;
  }

  PolicyFile read(YamlNode root, Inclusion inclusion) {
    Fields file = reader.fields(root);
    ApiVersion.check(file, reader);
    List<Use> uses = new UseReader(reader, backends).uses(file.node("use"));
    CatalogueReader catalogue = new CatalogueReader(reader, inclusion);
    Optional<Word> backend = file.text("backend").map(Word::of);
    backend.ifPresent(backends::check);
    Optional<Word> defaultBackend =
        inclusion.backend().or(() -> backend).or(inclusion::fallbackBackend);
    Map<Level, PlaceEntry> places = new PlaceReader(reader).places(file.node("places"), Map.of());
    Optional<Cors> cors = new CorsReader(reader).cors(file, inclusion.fallbackCors());
    RowReader rows = new RowReader(reader, inclusion, backends, defaultBackend);
    rows.read(file.list("routes"), places, cors);
    PolicyFile read =
        new PolicyFile(
            inclusion,
            file.keyAt("use"),
            uses,
            catalogue.permissions(file),
            catalogue.implies(file),
            catalogue.emptyScopesFull(file),
            catalogue.defaultScopes(file),
            catalogue.settings(file),
            new RoleReader(reader, inclusion).roles(file),
            List.copyOf(rows.groupTerms()),
            List.copyOf(rows.rows()),
            defaultBackend,
            cors);
    for (String key : new String[] {"limit", "audit", "mcp", "graphql"}) {
      file.notSupportedYet(key);
    }
    file.finish();
    return read;
  }
}
