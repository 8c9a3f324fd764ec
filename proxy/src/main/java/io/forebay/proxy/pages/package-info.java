/// **Role.** Stored responses: how pages and their variants lie in a [io.forebay.cache.Cache].
///
/// **Goals.** All variants of a URL are found by two look-ups and invalidated by one barrier.
///
/// **Non-goals.** Whether to store or to reuse: that is decided in `http-semantics`.
///
/// **Start reading** at [PageStore].
@NullMarked
package io.forebay.proxy.pages;

import org.jspecify.annotations.NullMarked;
