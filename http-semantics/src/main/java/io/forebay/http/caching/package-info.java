/// **Role.** RFC 9111 for a shared cache, as decisions: what may be stored, for how long it is
/// fresh, which stored response answers a request, what a validation or an unsafe method changes.
///
/// **Goals.** One class per section; a decision is a value that carries its reason and the numbers
/// it used, so that header, log, metric and explanation read the same datum.
///
/// **Non-goals.** No clock (instants and ages are arguments), no storage, no I/O.
///
/// **Start reading** at [StoreDecision] and [ReuseDecision], then [StoreRules], [ReuseRules] and
/// [FreshnessRules]; an operator's choices are in [CachePolicy].
@NullMarked
package io.forebay.http.caching;

import org.jspecify.annotations.NullMarked;
