package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.text;

import java.time.Duration;
import java.util.regex.Pattern;

/// Types that many settings share.
final class CommonTypes {

  private CommonTypes() {}

  static final SettingType<ByteSize> CAPACITY =
      byteSize(ByteSize.ofMebibytes(1), ByteSize.ofMebibytes(10L << 20));

  static final SettingType<Duration> TIMEOUT = duration(Duration.ofMillis(1), Duration.ofHours(1));

  static final SettingType<Duration> LIFETIME = duration(Duration.ZERO, Duration.ofDays(24_855));

  static final SettingType<String> NAME =
      text(
          "a name of 1 to 64 letters, digits, dots, dashes or underscores",
          Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"));

  static final SettingType<String> FOLDER =
      text("a folder's path", Pattern.compile("[^\\x00-\\x1f]{1,4096}"));
}
