package io.scopegate.file;

import io.scopegate.permission.Level;
import io.scopegate.route.Cors;
import io.scopegate.route.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code routes:} with its groups. Used by the wiring only. */
final class RowReader {
  private final NodeReader reader;
  private final Problems problems;
  private final Inclusion inclusion;
  private final UseReader uses;
  private final DemandReader demands;
  private final HandlingReader handlings;
  private final PlaceReader placeReader;
  private final CorsReader corsReader;
  private final List<RowEntry> rows = new ArrayList<>();
  private final List<RequirementEntry.TermEntry> groupTerms = new ArrayList<>();

  /** What the rows inside of a group share. */
  private record Group(
      String prefix,
      boolean prefixBroken,
      Optional<Inclusion.HostWord> host,
      Map<Level, PlaceEntry> places,
      Optional<Cors> cors,
      Map<String, YamlNode> defaults) {}

  RowReader(
      NodeReader reader, Inclusion inclusion, Backends backends, Optional<Word> defaultBackend) {
    this.reader = reader;
    this.problems = reader.problems();
    this.inclusion = inclusion;
    this.uses = new UseReader(reader, backends);
    this.demands = new DemandReader(reader, inclusion);
    this.handlings = new HandlingReader(reader, inclusion, backends, defaultBackend);
    this.placeReader = new PlaceReader(reader);
    this.corsReader = new CorsReader(reader);
  }

  /**
   * Reads the rows of a file.
   *
   * @param places of those that say nothing else
   * @param cors of those that say nothing else
   */
  void read(List<YamlNode> items, Map<Level, PlaceEntry> places, Optional<Cors> cors) {
    read(items, new Group(inclusion.pathPrefix(), false, inclusion.host(), places, cors, Map.of()));
  }

  /** Returns the rows in the order of the file, without those that no request can be told for. */
  List<RowEntry> rows() {
    return rows;
  }

  /** Returns the permissions that groups require by default. */
  List<RequirementEntry.TermEntry> groupTerms() {
    return groupTerms;
  }

  private void read(List<YamlNode> items, Group group) {
    for (YamlNode item : items) {
      Fields fields = reader.fields(item);
      if (fields.has("routes")) {
        group(fields, group);
      } else if (fields.isReadable()) {
        row(fields, group);
      }
    }
  }

  private void group(Fields own, Group outer) {
    Optional<YamlNode> prefixNode = own.node("prefix");
    Optional<String> prefix = prefixNode.flatMap(reader::text).flatMap(uses::prefix);
    Map<Level, PlaceEntry> places = placeReader.places(own.node("places"), outer.places());
    List<YamlNode> items = own.list("routes");
    for (String key : new String[] {"match", "id"}) {
      if (own.has(key)) {
        own.node(key);
        problems.error(own.keyAt(key), Wording.quoted(key) + " belongs to a row, not to a group");
      }
    }
    RowFields fields = new RowFields(own, outer.defaults());
    // What the group says is judged here once, even if every row inside replaces it.
    RowFields alone = new RowFields(own, Map.of());
    RowEntry.Demand demand = demands.demand(alone, own.at());
    if (demand.admittance().orElse(null) instanceof RowEntry.Required required) {
      groupTerms.addAll(required.requirement().terms());
    }
    handlings.handling(alone, Optional.empty());
    handlings.label(alone);
    later(own);
    Group inner =
        new Group(
            outer.prefix() + prefix.orElse(""),
            outer.prefixBroken() || prefix.isPresent() != prefixNode.isPresent(),
            host(own, outer),
            places,
            corsReader.cors(own, outer.cors()),
            fields.defaults());
    own.finish();
    read(items, inner);
  }

  private void row(Fields own, Group group) {
    int before = problems.noted();
    Optional<Word> match = own.requiredText("match").map(Word::of);
    for (String key : new String[] {"prefix", "places"}) {
      if (own.has(key)) {
        own.node(key);
        problems.error(own.keyAt(key), Wording.quoted(key) + " belongs to a group, not to a row");
      }
    }
    Position whole = match.map(Word::at).orElse(own.at());
    RowFields fields = new RowFields(own, group.defaults());
    Optional<Inclusion.HostWord> host = host(own, group);
    Optional<RowEntry.Head> head = match.map(word -> head(word, host, group));
    RowEntry.Demand demand = demands.demand(fields, whole);
    demands.check(demand, fields, whole);
    RowEntry.Handling handling = handlings.handling(fields, Optional.of(group.prefix()));
    RowEntry.Label label = handlings.label(fields);
    Optional<Cors> cors = corsReader.cors(own, group.cors());
    later(own);
    own.finish();
    boolean broken = group.prefixBroken() || problems.noted() > before;
    match.ifPresent(
        word ->
            rows.add(
                new RowEntry(
                    inclusion,
                    word,
                    head.orElseThrow(),
                    group.places(),
                    demand,
                    handling,
                    cors,
                    label,
                    broken)));
  }

  private Optional<Inclusion.HostWord> host(Fields own, Group group) {
    Optional<Inclusion.HostWord> said =
        own.has("host") ? own.text("host").flatMap(uses::host) : group.host();
    // A file that is used at a host of its own has all its rows there, whatever host it was
    // written for.
    return inclusion.host().or(() -> said);
  }

  private RowEntry.Head head(Word match, Optional<Inclusion.HostWord> host, Group group) {
    int space = match.text().indexOf(' ');
    if (space < 0) {
      problems.error(
          match.at(),
          "match " + Wording.quoted(match.text()) + " must be a method and a path",
          "as in `GET /items/{item}`");
      return new RowEntry.Head(List.of(), Optional.empty(), host);
    }
    List<String> methods =
        Templates.methods(match.text().substring(0, space), match.at(), problems);
    String own = match.text().substring(space).strip();
    if (group.prefixBroken()) {
      return new RowEntry.Head(methods, Optional.empty(), host);
    }
    if (!own.startsWith("/")) {
      problems.error(match.at(), "path " + Wording.quoted(own) + " must start with `/`");
      return new RowEntry.Head(methods, Optional.empty(), host);
    }
    return new RowEntry.Head(
        methods, Templates.template(group.prefix() + own, match.at(), problems), host);
  }

  /** Takes the keys that belong to later issues. */
  private void later(Fields own) {
    for (String key : new String[] {"limit", "audit", "mcp", "graphql"}) {
      own.notSupportedYet(key);
    }
  }
}
