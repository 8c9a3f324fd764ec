package io.forebay.server.forward;

import io.forebay.cache.Invalidation.Mode;
import io.forebay.server.api.Json;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Fastly's purge API: by keys, by URL, and all.
final class FastlyCalls {

  /// Keys in one request.
  private static final int MAX_KEYS = 256;

  private FastlyCalls() {}

  static Translation of(PurgeOrder order, ForwardTarget target) {
    Map<String, String> fields = new HashMap<>();
    fields.put("Fastly-Key", target.token());
    if (order.mode() == Mode.SOFT) {
      fields.put("Fastly-Soft-Purge", "1");
    }
    String service = "/service/" + target.id();
    return switch (order.scope()) {
      case PurgeScope.Tags(var tags) ->
          new Translation.Calls(
              Translation.portions(tags, MAX_KEYS).stream()
                  .map(keys -> new ForwardCall("POST", "", service + "/purge", fields, json(keys)))
                  .toList());
      case PurgeScope.Urls(var urls) ->
          new Translation.Calls(
              urls.stream()
                  .sorted()
                  .map(url -> url.substring(url.indexOf("://") + 3))
                  .distinct()
                  .map(url -> new ForwardCall("POST", "", "/purge/" + url, fields, ""))
                  .toList());
      case PurgeScope.Everything() -> {
        // Hard only; Fastly refuses a soft one.
        Map<String, String> hard = Map.of("Fastly-Key", target.token());
        yield new Translation.Calls(
            List.of(new ForwardCall("POST", "", service + "/purge_all", hard, "")));
      }
      case PurgeScope.Hosts ignored -> impossible("hosts");
      case PurgeScope.UrlPrefixes ignored -> impossible("prefixes");
      case PurgeScope.UrlPatterns ignored -> impossible("patterns");
    };
  }

  private static Translation impossible(String scope) {
    return new Translation.Impossible("Fastly has no order for " + scope);
  }

  private static String json(List<String> keys) {
    return new String(Json.write(Map.of("surrogate_keys", keys)), StandardCharsets.UTF_8);
  }
}
