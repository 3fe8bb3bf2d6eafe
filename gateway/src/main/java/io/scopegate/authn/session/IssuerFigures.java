package io.scopegate.authn.session;

import java.util.concurrent.atomic.LongAdder;

/** How an issuer and its tokens do, for metrics. Safe from any thread. */
public final class IssuerFigures {
  private final String issuer;
  private final LongAdder valid = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();

  IssuerFigures(String issuer) {
    this.issuer = issuer;
  }

  /** Returns the name of the issuer. */
  public String issuer() {
    return issuer;
  }

  /** Returns how many tokens were verified and are sessions of it. */
  public long valid() {
    return valid.sum();
  }

  /** Returns how many tokens were verified and are not. */
  public long refused() {
    return refused.sum();
  }

  /** Returns how many tokens could not be told. */
  public long unavailable() {
    return unavailable.sum();
  }

  /** Returns how many requests to it were answered as they must be. */
  public long answered() {
    return answered.sum();
  }

  /** Returns how many were not. */
  public long failed() {
    return failed.sum();
  }

  /** Counts what came of a token. */
  Verdict told(Verdict verdict) {
    LongAdder counter =
        verdict instanceof Verdict.Valid
            ? valid
            : verdict instanceof Verdict.Refused ? refused : unavailable;
    counter.increment();
    return verdict;
  }

  /** Counts a request. */
  void asked(boolean whetherAnswered) {
    (whetherAnswered ? answered : failed).increment();
  }
}
