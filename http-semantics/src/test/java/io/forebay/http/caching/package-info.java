/// Tests of the caching rules, as tables by section of RFC 9111 and its companions.
@NullMarked
package io.forebay.http.caching;

import org.jspecify.annotations.NullMarked;
