package io.scopegate.policy;

import io.scopegate.route.Cors;
import io.scopegate.route.RequestLine;
import io.scopegate.route.Route;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was decided of a request, with everything needed to say why. Immutable. */
public sealed interface Decision {

  /** Returns the row; null if none counted. */
  @Nullable Route row();

  /** Returns who asked. */
  Caller caller();

  /**
   * Returns what the roles and the credential came to at the places of the request, if they were
   * looked at.
   */
  Optional<Grants> grants();

  /**
   * The request is a preflight (WHATWG Fetch §3.2.2) of what the row lets pages of this origin do:
   * the gateway answers it, whoever asks, and no backend hears of it.
   *
   * @param row one of those that the announced request meets
   * @param cors what the row says of pages of other sites
   * @param origin what the page is told as the origin that may read the answer
   * @param method the method of the announced request
   */
  record Preflight(Route row, Cors cors, String origin, String method) implements Decision {
    @Override
    public Caller caller() {
      return new Caller.Anonymous();
    }

    @Override
    public Optional<Grants> grants() {
      return Optional.empty();
    }
  }

  /** The request may go to its backend: the only key to one. Made by {@link Authorizer} alone. */
  final class Allow implements Decision {
    private final RequestLine line;
    private final Route row;
    private final Caller caller;
    private final @Nullable Grants grants;
    private final Optional<Listing> listing;
    private final Optional<Deny> overruled;

    Allow(
        RequestLine line,
        Route row,
        Caller caller,
        @Nullable Grants grants,
        Optional<Listing> listing,
        Optional<Deny> overruled) {
      this.line = line;
      this.row = row;
      this.caller = caller;
      this.grants = grants;
      this.listing = listing;
      this.overruled = overruled;
    }

    /** Returns the request line that was judged, which is the one to forward. */
    public RequestLine line() {
      return line;
    }

    @Override
    public Route row() {
      return row;
    }

    @Override
    public Caller caller() {
      return caller;
    }

    @Override
    public Optional<Grants> grants() {
      return Optional.ofNullable(grants);
    }

    /**
     * Returns the projects or organizations where the requirement is met, on rows that list them.
     */
    public Optional<Listing> listing() {
      return listing;
    }

    /** Returns the refusal that shadow mode overruled, if there was one. */
    public Optional<Deny> overruled() {
      return overruled;
    }
  }

  /**
   * The request is refused.
   *
   * @param code why
   * @param detail the reason in words, for the caller
   * @param row the row, if one counted
   * @param missing what is missing, for {@link Code#INSUFFICIENT_ROLE} and {@link
   *     Code#INSUFFICIENT_SCOPE}
   * @param scope the smallest set of scopes that would do, sorted, for {@link
   *     Code#INSUFFICIENT_SCOPE}
   */
  record Deny(
      Code code,
      String detail,
      @Nullable Route row,
      Caller caller,
      Optional<Grants> grants,
      Missing missing,
      List<String> scope)
      implements Decision {
    /** Copies what it is given. */
    public Deny {
      scope = List.copyOf(scope);
    }

    /** Says whether a bigger token would help. */
    public boolean acquirable() {
      return code == Code.INSUFFICIENT_SCOPE;
    }
  }

  /**
   * Where a requirement is met, by id.
   *
   * @param kind what the ids are
   * @param everywhere whether it is met at every present and future project and nothing bounds it
   * @param ids sorted; may be empty
   */
  record Listing(Kind kind, boolean everywhere, List<String> ids) {
    /** Copies what it is given. */
    public Listing {
      ids = List.copyOf(ids);
    }

    /** What a listing names. */
    public enum Kind {
      PROJECTS,
      ORGANIZATIONS
    }
  }
}
