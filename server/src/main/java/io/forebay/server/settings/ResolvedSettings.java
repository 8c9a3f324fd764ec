package io.forebay.server.settings;

import io.forebay.server.audit.AuditSettings;
import io.forebay.server.forward.ForwardSettings;
import io.forebay.server.forward.ForwardTarget;
import io.forebay.server.settings.SettingsReading.ShownSetting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Declared settings with their values; a step between text and [ServerSettings].
///
/// @param values of all of [Settings#ALL]
/// @param groups the items of each of [Settings#GROUPS], empty if none are written
record ResolvedSettings(Values values, Map<SettingGroup, List<Item>> groups) {

  private static final Duration FORWARD_FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration FORWARD_LONGEST_PAUSE = Duration.ofSeconds(30);

  /// @param origin of the last layer that wrote it
  record Value(Object value, SettingOrigin origin) {}

  /// @param name of an item in a map, `[2]` in a list
  record Item(String name, Values fields, SettingOrigin origin) {}

  /// Typed access: a value was read by its own setting's type, so the cast holds.
  record Values(Map<Setting<?>, Value> bySetting) {

    @SuppressWarnings("unchecked") // ValueReader puts only what setting.type() made
    <T> T get(Setting<T> setting) {
      return (T) Objects.requireNonNull(bySetting.get(setting), setting.name()).value();
    }

    SettingOrigin origin(Setting<?> setting) {
      return Objects.requireNonNull(bySetting.get(setting), setting.name()).origin();
    }

    <T> String render(Setting<T> setting) {
      return setting.isSecret() ? "(hidden)" : setting.type().render(get(setting));
    }
  }

  List<Item> items(SettingGroup group) {
    return groups.getOrDefault(group, List.of());
  }

  List<ShownSetting> shown() {
    List<ShownSetting> shown = new ArrayList<>();
    for (Setting<?> setting : Settings.ALL) {
      shown.add(new ShownSetting(setting.name(), values.render(setting), values.origin(setting)));
    }
    for (SettingGroup group : Settings.GROUPS) {
      for (Item item : items(group)) {
        for (Setting<?> field : group.fields()) {
          String separator = group.shape() == SettingGroup.Shape.LIST ? "" : ".";
          shown.add(
              new ShownSetting(
                  group.name() + separator + item.name() + "." + field.name(),
                  item.fields().render(field),
                  item.fields().origin(field)));
        }
      }
    }
    return List.copyOf(shown);
  }

  ServerSettings toServerSettings() {
    return new ServerSettings(
        new ServerSettings.Api(
            values.get(Settings.API_LISTEN),
            lowerCase(values.get(Settings.API_ALLOWED_HOSTS)),
            lowerCase(values.get(Settings.API_ALLOWED_ORIGINS)),
            values.get(Settings.API_MAX_CONNECTIONS).intValue(),
            values.get(Settings.API_IDLE_TIMEOUT),
            values.get(Settings.API_MAX_PENDING_BODY_BYTES)),
        new ServerSettings.Entries(
            values.get(Settings.ENTRIES_MAX_KEY_BYTES).intValue(),
            values.get(Settings.ENTRIES_MAX_VALUE_BYTES),
            values.get(Settings.ENTRIES_DEFAULT_TTL)),
        new ServerSettings.Memory(
            values.get(Settings.MEMORY_MAX_BYTES),
            values.get(Settings.MEMORY_EVICTION_POLICY),
            values.get(Settings.MEMORY_EVICTION_OBJECTIVE),
            values.get(Settings.MEMORY_WHAT_IF)),
        items(Settings.CACHES).stream().map(ResolvedSettings::cache).toList(),
        proxy(),
        items(Settings.ACCESS_TOKENS).stream().map(ResolvedSettings::token).toList(),
        new ServerSettings.Log(values.get(Settings.LOG_FORMAT), values.get(Settings.LOG_EXCHANGES)),
        Path.of(values.get(Settings.DATA_DIR)),
        values.get(Settings.INVALIDATION_LOG),
        audit(),
        forward(),
        values.get(Settings.SHUTDOWN_GRACE));
  }

  private ServerSettings.Audit audit() {
    return new ServerSettings.Audit(
        values.get(Settings.AUDIT_ENABLED),
        values.get(Settings.AUDIT_URL),
        values.get(Settings.AUDIT_ENTRY_WRITES),
        new AuditSettings(
            values.get(Settings.AUDIT_ON_FAILURE),
            values.get(Settings.AUDIT_TIMEOUT),
            values.get(Settings.AUDIT_MAX_PENDING).intValue(),
            values.get(Settings.AUDIT_KEEP),
            values.get(Settings.AUDIT_MAX_ROWS)));
  }

  private ServerSettings.Forward forward() {
    return new ServerSettings.Forward(
        items(Settings.FORWARD_TARGETS).stream().map(ResolvedSettings::forwardTarget).toList(),
        new ForwardSettings(
            values.get(Settings.FORWARD_TIMEOUT),
            FORWARD_FIRST_PAUSE,
            FORWARD_LONGEST_PAUSE,
            values.get(Settings.FORWARD_GIVE_UP_AFTER),
            values.get(Settings.FORWARD_MAX_PENDING).intValue()));
  }

  private static ForwardTarget forwardTarget(Item item) {
    Values fields = item.fields();
    ForwardTarget.Kind kind = fields.get(Settings.FORWARD_KIND);
    String usual =
        switch (kind) {
          case VARNISH -> "http://127.0.0.1"; // CrossChecks asks for one
          case FASTLY -> "https://api.fastly.com";
          case CLOUDFLARE -> "https://api.cloudflare.com";
        };
    return new ForwardTarget(
        fields.get(Settings.FORWARD_NAME),
        kind,
        fields.get(Settings.FORWARD_URL).orElse(URI.create(usual)),
        fields.get(Settings.FORWARD_ID).orElse(""),
        fields.get(Settings.FORWARD_TOKEN).orElse(""));
  }

  private static List<String> lowerCase(List<String> texts) {
    return texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
  }

  private static ServerSettings.CacheDeclaration cache(Item item) {
    return new ServerSettings.CacheDeclaration(
        item.name(),
        item.fields().get(Settings.CACHE_MAX_BYTES),
        item.fields().get(Settings.CACHE_MAX_ENTRIES),
        item.fields().get(Settings.CACHE_DEFAULT_TTL),
        item.fields().get(Settings.CACHE_EVICTION_POLICY),
        item.fields().get(Settings.CACHE_EVICTION_OBJECTIVE),
        item.fields().get(Settings.CACHE_WHAT_IF));
  }

  private static ServerSettings.TokenDeclaration token(Item item) {
    return new ServerSettings.TokenDeclaration(
        item.fields().get(Settings.TOKEN_NAME),
        item.fields().get(Settings.TOKEN_ROLES),
        item.fields().get(Settings.TOKEN_SHA256).toLowerCase(Locale.ROOT));
  }

  private ServerSettings.Proxy proxy() {
    Duration connectTimeout = values.get(Settings.PROXY_CONNECT_TIMEOUT);
    Duration firstByteTimeout = values.get(Settings.PROXY_FIRST_BYTE_TIMEOUT);
    Duration idleTimeout = values.get(Settings.PROXY_IDLE_TIMEOUT);
    List<ServerSettings.Route> routes = new ArrayList<>();
    for (Item item : items(Settings.PROXY_ROUTES)) {
      Values fields = item.fields();
      routes.add(
          new ServerSettings.Route(
              fields.get(Settings.ROUTE_NAME),
              fields.get(Settings.ROUTE_HOST),
              fields.get(Settings.ROUTE_PATH),
              fields.get(Settings.ROUTE_ORIGINS),
              fields.get(Settings.ROUTE_CONNECT_TIMEOUT).orElse(connectTimeout),
              fields.get(Settings.ROUTE_FIRST_BYTE_TIMEOUT).orElse(firstByteTimeout),
              fields.get(Settings.ROUTE_IDLE_TIMEOUT).orElse(idleTimeout)));
    }
    values
        .get(Settings.PROXY_ORIGIN)
        .ifPresent(origin ->
            routes.add(
                new ServerSettings.Route(
                    "default",
                    Optional.empty(),
                    "/*",
                    List.of(origin),
                    connectTimeout,
                    firstByteTimeout,
                    idleTimeout)));
    return new ServerSettings.Proxy(
        values.get(Settings.PROXY_LISTEN),
        List.copyOf(routes),
        values.get(Settings.PROXY_MAX_STORED_BODY_BYTES),
        values.get(Settings.PROXY_PAGES_MAX_BYTES).orElse(values.get(Settings.MEMORY_MAX_BYTES)),
        values.get(Settings.PROXY_STALE_IF_ERROR),
        values.get(Settings.PROXY_HEURISTIC_FRESHNESS),
        values.get(Settings.PROXY_STORE_SET_COOKIE),
        values.get(Settings.PROXY_MAX_HEAD_BYTES),
        values.get(Settings.PROXY_MAX_CONNECTIONS_PER_ORIGIN).intValue(),
        values.get(Settings.PROXY_MAX_EXCHANGES).intValue(),
        values.get(Settings.PROXY_MAX_FILL_BYTES),
        values.get(Settings.PROXY_EXPLAIN_NETWORKS),
        idleTimeout,
        values.get(Settings.PROXY_TAG_FIELDS));
  }
}
