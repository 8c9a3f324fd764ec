package io.forebay.server.v1;

import io.forebay.cache.Cache;
import io.forebay.cache.WhatIfReport;
import io.forebay.cache.policy.WhatIf;
import io.forebay.server.pages.PageProxy;
import io.forebay.server.settings.ByteSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What other sizes and policies would reach, as JSON.
final class WhatIfView {

  private WhatIfView() {}

  /// Whether it is on, how to turn it on if it is not, and the answers.
  static Map<String, Object> of(Cache<?, ?> cache) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", cache.name());
    var report = cache.whatIf();
    view.put("on", report.isPresent());
    view.put("eviction_policy", cache.evictionPolicy());
    putBounds(view, cache.bounds().maxBytes(), cache.bounds().maxEntries());
    view.put("hit_ratio", cache.statistics().hitRatio());
    if (report.isEmpty()) {
      view.put("turn_on", howToTurnOn(cache.name()));
    }
    view.put("dropped_events", report.map(WhatIfReport::droppedEvents).orElse(0L));
    view.put(
        "questions",
        report.map(WhatIfReport::answers).orElse(List.of()).stream().map(WhatIfView::of).toList());
    return view;
  }

  private static String howToTurnOn(String name) {
    return name.equals(PageProxy.CACHE)
        ? "start with memory.what_if: on"
        : "PUT /v1/caches/"
            + name
            + " with \"what_if\": true, or start with caches."
            + name
            + ".what_if: on";
  }

  private static Map<String, Object> of(WhatIf.Answer answer) {
    Map<String, Object> view = new LinkedHashMap<>();
    WhatIf.Question question = answer.question();
    view.put("eviction_policy", question.policy());
    putBounds(view, question.maxWeightBytes(), question.maxEntries());
    view.put("predicted_hit_ratio", answer.hitRatio());
    view.put("measured_hit_ratio", answer.measuredHitRatio());
    view.put("requests", answer.requests());
    view.put("sample_rate", answer.sampleRate());
    return view;
  }

  private static void putBounds(Map<String, Object> view, long maxBytes, long maxEntries) {
    if (maxBytes != Long.MAX_VALUE) {
      view.put("max_bytes", new ByteSize(maxBytes).toString());
    }
    if (maxEntries != Long.MAX_VALUE) {
      view.put("max_entries", maxEntries);
    }
  }
}
