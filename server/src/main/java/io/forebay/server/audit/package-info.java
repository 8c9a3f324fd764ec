/// **Role.** The audit: one row for each request of a person or client that changes something.
///
/// **Goals.** A change is acknowledged only after its row is durable, and many rows share one
/// commit so that it costs little. What happens when the store fails is the operator's choice, made
/// before the change and not after it. Rows, queue and answers are bounded.
///
/// **Non-goals.** No log of reads; no proof against whoever may write the database. What is
/// recorded for which request is decided where the request is answered.
///
/// **Start reading** at [AuditTrail], then `AuditWriter` and `JdbcAuditStore`.
@NullMarked
package io.forebay.server.audit;

import org.jspecify.annotations.NullMarked;
