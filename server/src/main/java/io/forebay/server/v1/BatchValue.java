package io.forebay.server.v1;

import io.forebay.server.api.Json;
import io.forebay.server.api.Utf8;
import io.forebay.server.caches.StoredValue;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Values inside JSON: `json` for JSON, `text` for other text, `base64` for the rest.
final class BatchValue {

  private BatchValue() {}

  /// The members that stand for a value.
  static Map<String, Object> members(StoredValue value) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("content_type", value.contentType());
    String type = value.contentType().toLowerCase(Locale.ROOT);
    String essence = type.split(";", 2)[0].strip();
    Optional<JsonNode> tree =
        essence.equals("application/json") || essence.endsWith("+json")
            ? Json.tree(value.bytes())
            : Optional.empty();
    Optional<String> text =
        essence.startsWith("text/") || essence.equals("application/json")
            ? Utf8.text(value.bytes())
            : Optional.empty();
    if (tree.isPresent()) {
      members.put("json", tree.get());
    } else if (text.isPresent()) {
      members.put("text", text.get());
    } else {
      members.put("base64", Base64.getEncoder().encodeToString(value.bytes()));
    }
    return members;
  }
}
