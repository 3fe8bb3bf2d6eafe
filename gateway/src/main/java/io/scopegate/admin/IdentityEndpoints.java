package io.scopegate.admin;

import io.scopegate.authn.TokenFormat;
import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.TokenLifetime;
import io.scopegate.endpoint.TokenMint;
import io.scopegate.endpoint.Words;
import io.scopegate.file.IdentityFile;
import io.scopegate.guard.LivePolicy;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.permission.Level;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.IdentityStore.StoreConflict;
import io.scopegate.store.ProjectNames;
import io.scopegate.store.StoredToken;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Who holds what: whole files, and single changes. Safe from any thread. */
public final class IdentityEndpoints extends Endpoints {
  private static final String ORGANIZATION = "/api/v1/organizations/{organization}";

  private final IdentityStore store;
  private final LivePolicy livePolicy;
  private final TokenFormat format;
  private final TokenLifetime lifetime;
  private final Clock clock;

  /**
   * Wires the endpoints.
   *
   * @param lifetime how long tokens may live
   */
  public IdentityEndpoints(
      IdentityStore store,
      LivePolicy livePolicy,
      TokenFormat format,
      TokenLifetime lifetime,
      Clock clock) {
    this.store = store;
    this.livePolicy = livePolicy;
    this.format = format;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  @Override
  List<EndpointTable.Row> rows() {
    String team = ORGANIZATION + "/teams/{place}";
    String project = ORGANIZATION + "/projects/{place}";
    String subjects = "/api/v1/subjects";
    return Stream.of(
            Stream.of(EndpointTable.Row.writing("PUT", "/api/v1/identities", this::load)),
            members(ORGANIZATION, Level.ORGANIZATION),
            members(team, Level.TEAM),
            members(project, Level.PROJECT),
            Stream.of(
                EndpointTable.Row.writing(
                    "PUT", team + "/projects/{project}", this::putTeamProject),
                EndpointTable.Row.writing(
                    "DELETE", team + "/projects/{project}", this::removeTeamProject)),
            SubjectRows.of("PUT", subjects, this::putSubject),
            SubjectRows.of("DELETE", subjects, this::removeSubject))
        .<EndpointTable.Row>flatMap(rows -> rows)
        .toList();
  }

  private Stream<EndpointTable.Row> members(String place, Level level) {
    String path = place + "/members";
    return Stream.concat(
        SubjectRows.of("PUT", path, call -> putMember(call, level)),
        SubjectRows.of("DELETE", path, call -> removeMember(call, level)));
  }

  private Answer load(Endpoint.Call call) {
    IdentityFile.Outcome outcome =
        IdentityFile.read(
            "identities.yaml",
            call.body().getBytes(StandardCharsets.UTF_8),
            livePolicy.current(),
            store::organization,
            lifetime.latestEnd(clock.instant()));
    if (outcome.identities().isEmpty()) {
      return Answers.problems(outcome.problems());
    }
    TokenMint mint = new TokenMint(format);
    try {
      List<StoredToken> created =
          store.load(outcome.identities().get(), projectNames(), mint::token);
      List<Map<String, Object>> told =
          created.stream().flatMap(token -> mint.told(token).stream()).toList();
      return Answers.json(200, Map.of("tokens", told));
    } catch (StoreConflict e) {
      return Answers.conflict(e);
    }
  }

  private ProjectNames projectNames() {
    return livePolicy.current().learnsOrganizationFromProject()
        ? ProjectNames.OF_STORE
        : ProjectNames.OF_ORGANIZATION;
  }

  private Answer putMember(Endpoint.Call call, Level level) {
    JsonBody body = JsonBody.parse(call.body());
    Set<String> roles = roles(body, call.parameter("organization"), level);
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return Answers.badBody(complaints);
    }
    return badName(call)
        .orElseGet(
            () ->
                done(
                    () ->
                        store.putMember(
                            call.parameter("organization"),
                            level,
                            place(call, level),
                            call.parameter("subject"),
                            roles,
                            projectNames())));
  }

  private Set<String> roles(JsonBody body, String organization, Level level) {
    Optional<List<String>> named = body.strings("roles");
    if (named.isEmpty() || named.get().isEmpty()) {
      body.complain("roles", "must name at least one role");
      return Set.of();
    }
    Set<String> known = rolesAt(livePolicy.current(), organization, level);
    for (String role : named.get()) {
      if (!known.contains(role)) {
        body.complain(
            "roles",
            "unknown " + level.word() + " role `" + role + "`" + Words.didYouMean(role, known));
      }
    }
    return new LinkedHashSet<>(named.get());
  }

  private Set<String> rolesAt(Policy policy, String organization, Level level) {
    Set<String> known = new TreeSet<>();
    policy.roles().roles().stream()
        .filter(role -> role.level() == level)
        .forEach(role -> known.add(role.name()));
    store
        .organization(organization)
        .map(Organization::customRoles)
        .ifPresent(custom -> known.addAll(custom.getOrDefault(level, Map.of()).keySet()));
    return known;
  }

  private Answer removeMember(Endpoint.Call call, Level level) {
    return doneIf(
        store.removeMember(
            call.parameter("organization"), level, place(call, level), call.parameter("subject")),
        "`" + call.parameter("subject") + "` has no role there");
  }

  private static String place(Endpoint.Call call, Level level) {
    return call.parameter(level == Level.ORGANIZATION ? "organization" : "place");
  }

  private Answer putTeamProject(Endpoint.Call call) {
    return badName(call)
        .orElseGet(
            () ->
                done(
                    () ->
                        store.putTeamProject(
                            call.parameter("organization"),
                            call.parameter("place"),
                            call.parameter("project"),
                            projectNames())));
  }

  private Answer removeTeamProject(Endpoint.Call call) {
    return doneIf(
        store.removeTeamProject(
            call.parameter("organization"), call.parameter("place"), call.parameter("project")),
        "the team does not own the project");
  }

  private Answer putSubject(Endpoint.Call call) {
    JsonBody body = JsonBody.parse(call.body());
    boolean disabled = body.requiredFlag("disabled");
    List<JsonBody.Complaint> complaints = body.complaints();
    if (!complaints.isEmpty()) {
      return Answers.badBody(complaints);
    }
    return badName(call)
        .orElseGet(() -> done(() -> store.putSubject(call.parameter("subject"), disabled)));
  }

  private Answer removeSubject(Endpoint.Call call) {
    String subject = call.parameter("subject");
    return doneIf(store.removeSubject(subject), "there is no subject `" + subject + "`");
  }

  /** Returns the refusal of a request whose path holds a name that no file could state. */
  private static Optional<Answer> badName(Endpoint.Call call) {
    for (Map.Entry<String, String> parameter : call.parameters().entrySet()) {
      String value = parameter.getValue();
      boolean subject = parameter.getKey().equals("subject");
      if (subject ? !Words.isSubject(value) : !Words.isPlace(value)) {
        return Optional.of(
            Answers.badRequest(
                "`" + value + "` cannot be the name of a " + (subject ? "subject" : "place")));
      }
    }
    return Optional.empty();
  }

  private static Answer done(Runnable change) {
    try {
      change.run();
      return Answer.empty(204);
    } catch (StoreConflict e) {
      return Answers.conflict(e);
    }
  }

  private static Answer doneIf(boolean there, String otherwise) {
    return there ? Answer.empty(204) : Answers.notFound(otherwise);
  }
}
