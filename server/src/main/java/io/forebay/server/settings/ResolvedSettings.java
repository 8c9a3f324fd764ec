package io.forebay.server.settings;

import io.forebay.server.settings.SettingsReading.ShownSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Declared settings with their values; a step between text and [ServerSettings].
///
/// @param values of all of [Settings#ALL], and the items of [Settings#GROUPS]
record ResolvedSettings(Values values) {

  /// @param origin of the last layer that wrote it
  record Value(Object value, SettingOrigin origin) {}

  /// @param name of an item in a map, `[2]` in a list, empty for a section
  /// @param path where it is: `proxy.routes[2]`
  record Item(String name, String path, Values fields, SettingOrigin origin) {}

  /// Typed access: a value was read by its own setting's type, so the cast holds.
  ///
  /// @param groups the items that are written
  record Values(Map<Setting<?>, Value> bySetting, Map<SettingGroup, List<Item>> groups) {

    /// What holds in a section that nobody wrote.
    static Values defaults(SettingGroup section) {
      Map<Setting<?>, Value> values = new HashMap<>();
      for (SettingField field : section.fields()) {
        if (field instanceof Setting<?> setting) {
          Object value =
              Objects.requireNonNull(setting.defaultValue(), "a section's field has a default");
          values.put(setting, new Value(value, new SettingOrigin.Default()));
        }
      }
      return new Values(values, Map.of());
    }

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

    /// Of an item of a map whose items have one text each ([SettingGroup#mapOf]).
    String text(SettingGroup map) {
      return String.valueOf(get(map.shorthand().orElseThrow()));
    }

    /// The items of a list or map; of a section at most one, if it is written.
    List<Item> items(SettingGroup group) {
      return groups.getOrDefault(group, List.of());
    }

    /// A section as it is written; empty if it is not.
    Optional<Item> section(SettingGroup group) {
      return items(group).stream().findFirst();
    }

    /// What holds in a section of which every field has a default, written or not.
    Values in(SettingGroup section) {
      return section(section).map(Item::fields).orElseGet(() -> defaults(section));
    }
  }

  List<Item> items(SettingGroup group) {
    return values.items(group);
  }

  List<ShownSetting> shown() {
    List<ShownSetting> shown = new ArrayList<>();
    for (Setting<?> setting : Settings.ALL) {
      shown.add(new ShownSetting(setting.name(), values.render(setting), values.origin(setting)));
    }
    for (SettingGroup group : Settings.GROUPS) {
      items(group).forEach(item -> show(group, item, shown));
    }
    return List.copyOf(shown);
  }

  /// Groups within an item are shown as far as they are written.
  private static void show(SettingGroup group, Item item, List<ShownSetting> shown) {
    for (SettingField field : group.fields()) {
      switch (field) {
        case Setting<?> setting ->
            shown.add(
                new ShownSetting(
                    group.isPlainMap() ? item.path() : item.path() + "." + setting.name(),
                    item.fields().render(setting),
                    item.fields().origin(setting)));
        case SettingGroup within ->
            item.fields().items(within).forEach(inner -> show(within, inner, shown));
      }
    }
  }

  ServerSettings toServerSettings() {
    return new ServerSettings(
        ApiDeclarations.read(values),
        CacheDeclarations.readEntries(values),
        CacheDeclarations.readMemory(values),
        items(CacheDeclarations.CACHES).stream().map(CacheDeclarations::read).toList(),
        ProxyDeclarations.read(this),
        items(AccessDeclarations.ACCESS_TOKENS).stream().map(AccessDeclarations::read).toList(),
        OperationDeclarations.readLog(values),
        Path.of(values.get(OperationDeclarations.DATA_DIR)),
        TierChecks.log(this),
        TierDeclarations.read(this),
        FleetDeclarations.read(values),
        values.get(OperationDeclarations.RELOAD_ON_CHANGE),
        AuditDeclarations.read(values),
        ForwardDeclarations.read(this),
        values.get(OperationDeclarations.SHUTDOWN_GRACE),
        values.get(TlsDeclarations.TLS_RELOAD_INTERVAL),
        CompatDeclarations.read(values),
        PredictionDeclarations.read(values),
        WarmingDeclarations.readWarming(values),
        WarmingDeclarations.readHistory(values),
        PageDeclarations.read(values));
  }
}
