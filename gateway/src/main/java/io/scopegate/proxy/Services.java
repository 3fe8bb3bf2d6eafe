package io.scopegate.proxy;

import io.scopegate.backend.Backend;
import io.scopegate.event.GatewayEvents;
import io.scopegate.guard.Gatekeeper;
import io.scopegate.guard.LocalBackend;
import java.util.Map;

/**
 * What every exchange of a server works with. Safe from any thread.
 *
 * @param backends by name
 * @param localBackends those inside the gateway, by name
 */
record Services(
    Gatekeeper gatekeeper,
    Map<String, Backend> backends,
    Map<String, LocalBackend> localBackends,
    HeaderRules headerRules,
    Refusals refusals,
    Tunnels tunnels,
    GatewayEvents events) {}
