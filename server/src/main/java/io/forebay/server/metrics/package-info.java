/// **Role.** What can be measured: every metric declared once, and their exposition for Prometheus.
///
/// **Goals.** Each metric has a unit and a sentence for the operator; labels have few values;
/// scraping reads every cache once.
///
/// **Non-goals.** No decisions; no history.
///
/// **Start reading** at [Metric], then [Metrics].
@NullMarked
package io.forebay.server.metrics;

import org.jspecify.annotations.NullMarked;
