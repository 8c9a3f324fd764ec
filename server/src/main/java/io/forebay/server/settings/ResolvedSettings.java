package io.forebay.server.settings;

import io.forebay.server.settings.SettingsReading.ShownSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Declared settings with their values; a step between text and [ServerSettings].
///
/// @param values of all of [Settings#ALL]
/// @param groups the items of each of [Settings#GROUPS], empty if none are written
record ResolvedSettings(Values values, Map<SettingGroup, List<Item>> groups) {

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
        ApiDeclarations.read(values),
        CacheDeclarations.readEntries(values),
        CacheDeclarations.readMemory(values),
        items(CacheDeclarations.CACHES).stream().map(CacheDeclarations::read).toList(),
        ProxyDeclarations.read(this),
        items(AccessDeclarations.ACCESS_TOKENS).stream().map(AccessDeclarations::read).toList(),
        OperationDeclarations.readLog(values),
        Path.of(values.get(OperationDeclarations.DATA_DIR)),
        values.get(OperationDeclarations.INVALIDATION_LOG),
        FleetDeclarations.read(values),
        AuditDeclarations.read(values),
        ForwardDeclarations.read(this),
        values.get(OperationDeclarations.SHUTDOWN_GRACE));
  }
}
