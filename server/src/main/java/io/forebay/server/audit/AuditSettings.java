package io.forebay.server.audit;

import java.time.Duration;

/// What the audit is told.
///
/// @param timeout how long a change waits for its row
/// @param maxPending changes of rows that may wait to be written
/// @param keep how long a row is kept
/// @param maxRows how many rows are kept; the oldest go first
public record AuditSettings(
    OnFailure onFailure, Duration timeout, int maxPending, Duration keep, long maxRows) {}
