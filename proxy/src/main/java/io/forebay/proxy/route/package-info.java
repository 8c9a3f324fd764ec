/// **Role.** Which origin and which choices a request gets.
///
/// **Goals.** One look at host and path finds the route.
///
/// **Non-goals.** Which of a route's origins is asked: that is `origin`'s.
///
/// **Start reading** at [Routes].
@NullMarked
package io.forebay.proxy.route;

import org.jspecify.annotations.NullMarked;
