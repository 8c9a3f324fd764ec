/// HTTP fields and the caching rules of RFC 9110 and RFC 9111 as pure functions.
@NullMarked
package io.forebay.http;

import org.jspecify.annotations.NullMarked;
