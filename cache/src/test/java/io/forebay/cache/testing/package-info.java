/// **Role.** What tests of this and other modules share: clocks set by hand.
///
/// **Goals.** A test says what time it is; nothing sleeps.
///
/// **Non-goals.** Never on a class path outside tests.
///
/// **Start reading** at [TestingTimeSource].
@NullMarked
package io.forebay.cache.testing;

import org.jspecify.annotations.NullMarked;
