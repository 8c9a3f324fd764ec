/// **Role.** What backends have in common that are asked and may not answer: deadlines, circuit
/// breakers, and connections that are opened again.
///
/// **Goals.** A backend that is slow, hung or gone costs a caller its deadline at most, and soon
/// nothing; every call is counted.
///
/// **Non-goals.** What is asked, and what an answer means.
///
/// **Start reading** at [GuardedCalls].
@NullMarked
package io.forebay.backends.calls;

import org.jspecify.annotations.NullMarked;
