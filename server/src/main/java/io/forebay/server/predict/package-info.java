/// **Role.** Says for how long a value that nobody gave a lifetime will probably be right.
///
/// **Goals.** What was seen of a class of keys (overwrites, revalidations, invalidations) becomes a
/// rate of change with its uncertainty, and that a lifetime whose risk is the operator's choice. It
/// learns off the readers' way, in bounded memory. Another service may be asked instead, within a
/// deadline and with a stated fallback.
///
/// **Non-goals.** Lifetimes that an origin or a client states are never overruled here.
///
/// **Start reading** at [ChangeRate], then [ChangeLearning] and [LearningPredictor].
@NullMarked
package io.forebay.server.predict;

import org.jspecify.annotations.NullMarked;
