package io.forebay.server.settings;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The declaration of one setting. Compared by identity: each exists once, in [Settings].
///
/// @param <T> its value
final class Setting<T> implements SettingField {

  private final String name;
  private final SettingType<T> type;
  private final @Nullable T defaultValue;
  private final String sentence;
  private final boolean secret;

  private Setting(
      String name, SettingType<T> type, @Nullable T defaultValue, String sentence, boolean secret) {
    this.name = name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.sentence = sentence;
    this.secret = secret;
  }

  static <T> Setting<T> of(String name, SettingType<T> type, T defaultValue, String sentence) {
    return new Setting<>(name, type, defaultValue, sentence, false);
  }

  /// A field that every item of a [SettingGroup] has to give.
  static <T> Setting<T> required(String name, SettingType<T> type, String sentence) {
    return new Setting<>(name, type, null, sentence, false);
  }

  /// The same, its value never shown.
  Setting<T> asSecret() {
    return new Setting<>(name, type, defaultValue, sentence, true);
  }

  /// Dotted, lower case: `api.listen`; in a group, relative to the item.
  @Override
  public String name() {
    return name;
  }

  SettingType<T> type() {
    return type;
  }

  /// Null if it is required.
  @Nullable T defaultValue() {
    return defaultValue;
  }

  @Override
  public String sentence() {
    return sentence;
  }

  boolean isSecret() {
    return secret;
  }

  /// `FOREBAY_API_LISTEN`.
  String environmentVariable() {
    return environmentVariable(name);
  }

  static String environmentVariable(String name) {
    return "FOREBAY_" + name.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  @Override
  public String toString() {
    return name;
  }
}
