package io.scopegate.proxy;

import io.scopegate.proxy.message.Fields;

/**
 * An answer that the gateway gives itself. Confined to the channel's event loop.
 *
 * @param fields without those that frame the body
 * @param body sent as UTF-8
 */
record GatewayAnswer(int status, Fields fields, String body) {}
