/**
 * What a request is and which row of the table it meets: the one reading of a request line,
 * templates and the trie.
 */
@NullMarked
package io.scopegate.route;

import org.jspecify.annotations.NullMarked;
