package io.forebay.server.forward;

import io.forebay.server.purge.PurgeOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// An order in a downstream's language.
sealed interface Translation {

  /// @param calls all of which have to succeed
  record Calls(List<ForwardCall> calls) implements Translation {
    public Calls {
      calls = List.copyOf(calls);
    }
  }

  record Impossible(String why) implements Translation {}

  static Translation of(PurgeOrder order, ForwardTarget target) {
    return switch (target.kind()) {
      case VARNISH -> VarnishCalls.of(order);
      case FASTLY -> FastlyCalls.of(order, target);
      case CLOUDFLARE -> CloudflareCalls.of(order, target);
    };
  }

  /// The names in order, at most so many together.
  static List<List<String>> portions(Collection<String> names, int atMost) {
    List<String> sorted = names.stream().sorted().toList();
    List<List<String>> portions = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += atMost) {
      portions.add(sorted.subList(from, Math.min(sorted.size(), from + atMost)));
    }
    return portions;
  }
}
