package io.scopegate.authn;

/**
 * How a cache does, for metrics. Immutable.
 *
 * @param cache its name
 * @param size how many entries it has
 * @param hits how many look-ups it answered
 * @param misses how many look-ups it could not answer
 * @param evictions how many entries went because it was full or they were old
 */
public record CacheFigures(String cache, long size, long hits, long misses, long evictions) {}
