/// **Role.** Which origin and which choices a request gets.
///
/// **Goals.** One look at host and path finds the route.
///
/// **Non-goals.** Health, weights and discovery of origins come with the proxy in production.
///
/// **Start reading** at [Routes].
@NullMarked
package io.forebay.proxy.route;

import org.jspecify.annotations.NullMarked;
