package io.forebay.server.forward;

import io.forebay.server.api.Json;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Cloudflare's purge API. It knows no soft order: a soft one is hard there.
final class CloudflareCalls {

  /// Names in one request, on every plan.
  private static final int MAX_NAMES = 30;

  private CloudflareCalls() {}

  static Translation of(PurgeOrder order, ForwardTarget target) {
    return switch (order.scope()) {
      case PurgeScope.Tags(var tags) -> calls(target, "tags", tags);
      case PurgeScope.Urls(var urls) -> calls(target, "files", urls);
      case PurgeScope.Hosts(var hosts) -> calls(target, "hosts", hosts);
      case PurgeScope.UrlPrefixes(var prefixes) -> calls(target, "prefixes", prefixes);
      case PurgeScope.UrlPatterns ignored ->
          new Translation.Impossible("Cloudflare has no order for patterns");
      case PurgeScope.Everything() ->
          new Translation.Calls(List.of(call(target, Map.of("purge_everything", true))));
    };
  }

  private static Translation calls(ForwardTarget target, String member, Collection<String> names) {
    return new Translation.Calls(
        Translation.portions(names, MAX_NAMES).stream()
            .map(portion -> call(target, Map.of(member, portion)))
            .toList());
  }

  private static ForwardCall call(ForwardTarget target, Map<String, Object> members) {
    return new ForwardCall(
        "POST",
        "",
        "/client/v4/zones/" + target.id() + "/purge_cache",
        Map.of("Authorization", "Bearer " + target.token()),
        new String(Json.write(members), StandardCharsets.UTF_8));
  }
}
