package io.forebay.server.v1;

import io.forebay.cache.InvalidationReceipt;
import io.forebay.cache.InvalidationReceipt.NodeProgress;
import io.forebay.server.invalidation.Operation;
import io.forebay.server.invalidation.Receipt;
import io.forebay.server.invalidation.TargetProgress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A receipt as JSON. What has not happened yet is left out. `docs/concepts/invalidation.md` shows
/// one.
final class ReceiptView {

  private ReceiptView() {}

  static Map<String, Object> of(Receipt receipt) {
    InvalidationReceipt progress = receipt.progress();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", receipt.id());
    view.put("state", state(progress));
    view.put("accepted", progress.accepted());
    view.put("who", progress.who());
    if (!progress.why().isEmpty()) {
      view.put("why", progress.why());
    }
    view.put("source", receipt.source().text());
    view.put("operation_count", progress.operations());
    view.put("operations", receipt.operations().stream().map(ReceiptView::operation).toList());
    progress.first().ifPresent(first -> view.put("first_position", first.toString()));
    progress.last().ifPresent(last -> view.put("last_position", last.toString()));
    view.put("log", log(receipt));
    view.put("nodes", progress.nodes().stream().map(ReceiptView::node).toList());
    if (!receipt.targets().isEmpty()) {
      view.put("downstream", receipt.targets().stream().map(ReceiptView::target).toList());
    }
    return view;
  }

  private static String state(InvalidationReceipt progress) {
    return progress.queued() ? "pending" : progress.stage().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> operation(Operation operation) {
    Map<String, Object> view = new LinkedHashMap<>();
    operation.cache().ifPresent(cache -> view.put("cache", cache));
    view.put("scope", operation.scope());
    if (!operation.values().isEmpty()) {
      view.put("values", operation.values());
    }
    if (operation.more() > 0) {
      view.put("more_values", operation.more());
    }
    view.put("mode", operation.mode().name().toLowerCase(Locale.ROOT));
    return view;
  }

  private static Map<String, Object> log(Receipt receipt) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("kept", receipt.isKept());
    if (receipt.progress().queued()) {
      view.put("queued", true);
    }
    if (!receipt.isKept()) {
      receipt.progress().notKept().ifPresent(why -> view.put("why", why));
    }
    return view;
  }

  private static Map<String, Object> node(NodeProgress node) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("node", node.node());
    node.inForce().ifPresent(at -> view.put("in_force", at));
    node.swept().ifPresent(at -> view.put("swept", at));
    Map<String, Object> tier = new LinkedHashMap<>();
    tier.put("tier", "memory");
    // What is covered but not erased yet is hidden: no read sees it.
    tier.put("state", node.swept().isPresent() ? "erased" : "hidden");
    tier.put("erased", node.erased());
    tier.put("marked_stale", node.marked());
    view.put("tiers", List.of(tier));
    return view;
  }

  private static Map<String, Object> target(TargetProgress target) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("target", target.target());
    view.put("state", state(target));
    view.put("orders", target.orders());
    view.put("delivered", target.delivered());
    view.put("failed", target.failed());
    if (!target.failures().isEmpty()) {
      view.put("failures", target.failures());
    }
    return view;
  }

  private static String state(TargetProgress target) {
    if (target.pending() > 0) {
      return "pending";
    }
    return target.failed() > 0 ? "failed" : "delivered";
  }
}
