package io.scopegate.proxy;

/**
 * Where the exchange of a channel stands, and how it goes on. Confined to the channel's event loop.
 */
interface Course extends Outcome {
  /** Returns where it stands. */
  ExchangeState state();

  /** Goes over to a state; from idleness the next request may begin on the spot. */
  void enter(ExchangeState next);
}
