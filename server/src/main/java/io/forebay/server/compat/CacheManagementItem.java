package io.forebay.server.compat;

import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryView;
import io.forebay.server.caches.StoredValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The Cache Management API's items: what a client sends to be set, and what it gets. Tags in the
/// metadata are the entry's tags; the rest of the metadata, and the data type, travel with the
/// entry.
final class CacheManagementItem {

  static final String DATA_TYPE = "data-type";
  private static final String METADATA = "metadata-json";
  private static final String TAGS = "tags";

  private CacheManagementItem() {}

  /// What is to be set.
  record Set(String cache, String key, DataType type, String strategy, EntryDraft draft) {}

  static Set read(ForeignBody body, CompatRoutes.Parts parts) {
    String cache = parts.backends().cache(body.text("backend").orElse(Backends.MEMORY));
    Optional<String> strategy = body.text("strategy");
    strategy.ifPresent(name -> CacheManagementStrategy.check(name, parts.cache(cache), body));
    JsonNode value = body.required("value", "any JSON");
    DataType type = body.text("data_type").map(name -> type(name, body)).orElse(DataType.of(value));
    StoredValue stored =
        type.stored(value)
            .orElseThrow(() ->
                body.refused(
                    "value",
                    type.expected() + ", as data_type is " + type.text(),
                    "The value is of another kind."));
    return new Set(
        cache,
        body.requiredText("key"),
        type,
        strategy.orElse(CacheManagementStrategy.USUAL),
        draft(stored, type, body.seconds("ttl"), metadata(body)));
  }

  /// @param metadata an object
  static EntryDraft draft(
      StoredValue value, DataType type, Optional<Duration> ttl, ForeignBody metadata) {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put(DATA_TYPE, type.text());
    List<String> tags = metadata.texts(TAGS, EntryRules.MAX_TAGS);
    ObjectNode rest = ((ObjectNode) metadata.members()).deepCopy();
    rest.remove(TAGS);
    if (!rest.isEmpty()) {
      pairs.put(METADATA, new String(Json.write(rest), StandardCharsets.UTF_8));
    }
    return new EntryDraft(value, ttl, Optional.empty(), tags, pairs);
  }

  private static ForeignBody metadata(ForeignBody body) {
    return body.value("metadata")
        .map(node -> ForeignBody.of(node, body.at() + "metadata."))
        .orElseGet(CacheManagementItem::noMetadata);
  }

  static ForeignBody noMetadata() {
    return new ForeignBody(JsonNodeFactory.instance.objectNode(), "");
  }

  private static DataType type(String name, ForeignBody body) {
    return DataType.named(name)
        .orElseThrow(
            () -> body.refused("data_type", "one of " + DataType.names(), "It is no data type."));
  }

  /// As a client gets it; `ttl` is what it was set to, in seconds.
  static Map<String, Object> view(EntryView entry) {
    DataType type =
        Optional.ofNullable(entry.metadata().get(DATA_TYPE))
            .flatMap(DataType::named)
            .orElseGet(() -> DataType.of(entry.value()));
    return CompatRoutes.members(
        "key", entry.key(),
        "value", ForeignValue.toJson(entry.value()),
        "data_type", type.text(),
        "ttl", entry.lifetime().toSeconds(),
        "created_at", entry.facts().created().truncatedTo(ChronoUnit.MILLIS),
        "accessed_at", entry.facts().accessed().truncatedTo(ChronoUnit.MILLIS),
        "access_count", entry.facts().accessCount(),
        "size", entry.value().length(),
        "metadata", metadata(entry));
  }

  private static Map<String, Object> metadata(EntryView entry) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    if (!entry.tags().isEmpty()) {
      metadata.put(TAGS, entry.tags());
    }
    entry
        .metadata()
        .forEach((name, text) -> {
          if (name.equals(METADATA)) {
            Json.tree(text.getBytes(StandardCharsets.UTF_8))
                .ifPresent(rest ->
                    rest.properties()
                        .forEach(member -> metadata.put(member.getKey(), member.getValue())));
          } else if (!name.equals(DATA_TYPE)) {
            metadata.put(name, text);
          }
        });
    return metadata;
  }

  /// A body as an array of sets, all read before the first is carried out.
  static List<Set> readAll(JsonNode body, int most, CompatRoutes.Parts parts) {
    if (!body.isArray() || body.isEmpty() || body.size() > most) {
      throw new RequestRefused(
          Problem.invalid(
              "body", "an array of 1 to " + most + " objects", "The body is no such array."));
    }
    List<Set> sets = new ArrayList<>();
    for (JsonNode element : body) {
      sets.add(read(ForeignBody.of(element, "[" + sets.size() + "]."), parts));
    }
    return sets;
  }
}
