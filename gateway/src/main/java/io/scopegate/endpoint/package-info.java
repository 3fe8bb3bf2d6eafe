/**
 * What the gateway's own endpoints have in common: bodies, answers and orders of tokens, as JSON.
 */
@NullMarked
package io.scopegate.endpoint;

import org.jspecify.annotations.NullMarked;
