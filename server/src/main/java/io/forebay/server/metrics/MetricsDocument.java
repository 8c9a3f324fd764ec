package io.forebay.server.metrics;

import java.util.Locale;

/// Writes `docs/metrics.md` from the declarations; a test holds the file against it.
public final class MetricsDocument {

  private MetricsDocument() {}

  public static String markdown() {
    var page =
        new StringBuilder(
            """
            # Metrics

            <!-- Made by `./forebay config docs metrics > docs/metrics.md`; a test compares. -->

            `GET /metrics` on the API listener answers in Prometheus' text format. With tokens it takes
            the role `read`. Beside Forebay's own metrics below there are Micrometer's `jvm_*`,
            `process_*` and `system_*`.

            | metric | kind | unit | labels | what it says |
            |---|---|---|---|---|
            """);
    for (Metric metric : Metric.values()) {
      page.append("| `")
          .append(metric.exposedName())
          .append("` | ")
          .append(metric.kind().name().toLowerCase(Locale.ROOT))
          .append(" | ")
          .append(metric.unit())
          .append(" | ")
          .append(String.join(", ", metric.labels()))
          .append(" | ")
          .append(metric.help())
          .append(" |\n");
    }
    page.append(
        """

        ## Names of other systems

        Beside these, while `compat.systems` names `distrocache` or `distributed_caching` and
        `compat.metrics` is on:

        | metric | kind | what it says |
        |---|---|---|
        """);
    for (ForeignMetric metric : ForeignMetric.values()) {
      page.append("| `")
          .append(metric.exposedName())
          .append("` | ")
          .append(metric.kind())
          .append(" | ")
          .append(metric.help())
          .append(" |\n");
    }
    return page.toString();
  }
}
