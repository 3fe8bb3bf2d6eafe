package io.scopegate.backend;

import io.netty.channel.Channel;

/**
 * A connection that carries several requests at once, each on a channel of its own. Confined to the
 * channel's event loop.
 */
public interface SharedConnection {
  /** Who hears of it. Confined to the channel's event loop. */
  interface Listener {
    /** There may be more room, or less, or it has begun to end. */
    void changed();
  }

  /** Names who hears of it. */
  void listener(Listener hears);

  /** Says whether the peer has said what it takes, so that requests may be sent. */
  boolean isReady();

  /** Says whether the peer has said that WebSockets can be opened on it (RFC 8441 §3). */
  boolean takesWebSockets();

  /** Says whether it takes no more requests and never will. */
  boolean isEnding();

  /** Says whether it takes one more request now. */
  boolean hasRoom();

  /** Returns how many requests are on it. */
  int requests();

  /** Returns a number that grows whenever something has come from the peer. */
  long heard();

  /** Opens a channel for a request; only while there is room. */
  Channel open();

  /** Lets the channel of a request go; what is not over there is given up. */
  void end(Channel request);

  /** Takes no more requests, and closes when the last is over. */
  void retire();
}
