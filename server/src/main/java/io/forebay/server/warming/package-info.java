/// **Role.** Loads keys, pages or given values before somebody asks for them, by the ways that
/// clients use: a read through the tier behind a cache, a request through the proxy, a write.
///
/// **Goals.** Bounded: jobs at one time, jobs that wait, targets of a job, loads of a job at one
/// time. What ended is remembered.
///
/// **Non-goals.** Schedules, priorities and prediction come later.
///
/// **Start reading** at [WarmingService].
@NullMarked
package io.forebay.server.warming;

import org.jspecify.annotations.NullMarked;
