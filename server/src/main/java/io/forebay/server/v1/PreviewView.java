package io.forebay.server.v1;

import io.forebay.cache.EntryFacts;
import io.forebay.proxy.pages.PageStore;
import io.forebay.server.invalidation.PageOrders;
import io.forebay.server.invalidation.PreviewPage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an invalidation would cover, as JSON.
final class PreviewView {

  private PreviewView() {}

  /// The totals: the answer to a dry run, and the beginning of a preview.
  static Map<String, Object> totals(PreviewPage page, int operations) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("operation_count", operations);
    view.put("entries", page.entries());
    view.put("weight_bytes", page.weightBytes());
    view.put(
        "caches",
        page.caches().stream()
            .map(total -> {
              Map<String, Object> cache = new LinkedHashMap<>();
              cache.put("cache", total.cache());
              cache.put("entries", total.entries());
              cache.put("weight_bytes", total.weightBytes());
              return cache;
            })
            .toList());
    return view;
  }

  static List<Map<String, Object>> matches(PreviewPage page) {
    return page.matches().stream().map(PreviewView::match).toList();
  }

  private static Map<String, Object> match(PreviewPage.Match match) {
    EntryFacts<String> facts = match.facts();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("cache", match.cache());
    if (match.cache().equals(PageOrders.PAGES)) {
      view.put("url", PageStore.urlOf(facts.key()));
      List<String> variant = PageStore.variantOf(facts.key());
      if (!variant.isEmpty()) {
        view.put("variant", variant);
      }
      view.put("tags", PageStore.originTags(facts.tags()));
    } else {
      view.put("key", facts.key());
      view.put("tags", facts.tags());
    }
    view.put("fresh", facts.fresh());
    view.put("weight_bytes", facts.weightBytes());
    return view;
  }
}
