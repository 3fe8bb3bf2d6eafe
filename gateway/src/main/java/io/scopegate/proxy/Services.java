package io.scopegate.proxy;

import io.netty.channel.EventLoop;
import io.scopegate.backend.Backend;
import io.scopegate.event.GatewayEvents;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LocalBackend;
import java.util.Map;
import java.util.Objects;

/**
 * What every exchange of a server works with. Safe from any thread.
 *
 * @param backends by name
 * @param localBackends those inside the gateway, by name
 * @param watches one for each event loop
 */
record Services(
    Gatekeeper gatekeeper,
    Map<String, Backend> backends,
    Map<String, LocalBackend> localBackends,
    HeaderRules headerRules,
    Refusals refusals,
    Tunnels tunnels,
    Map<EventLoop, ExchangeWatch> watches,
    GatewayEvents events) {

  /** Returns who looks after the exchanges of an event loop. */
  ExchangeWatch watch(EventLoop loop) {
    return Objects.requireNonNull(watches.get(loop), "an event loop of somebody else");
  }
}
