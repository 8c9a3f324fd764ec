package io.forebay.server.settings;

import io.forebay.proxy.origin.CheckSettings.StatusRange;
import io.forebay.proxy.origin.OriginSource;

/// The types of settings about origins.
final class OriginTypes {

  private OriginTypes() {}

  /// An origin, or where origins are found.
  static SettingType<OriginSource> originSource() {
    return new SettingType<>() {
      @Override
      public String expectation() {
        return OriginSource.EXPECTATION;
      }

      @Override
      public Parsed<OriginSource> parse(String text) {
        return switch (OriginSource.read(text)) {
          case OriginSource.Reading.Read(var source) -> Parsed.good(source);
          case OriginSource.Reading.Wrong(var why) -> Parsed.bad(why);
        };
      }

      @Override
      public String render(OriginSource source) {
        return source.toString();
      }
    };
  }

  static SettingType<StatusRange> statusRange() {
    return new SettingType<>() {
      @Override
      public String expectation() {
        return "a status code or a range of them, such as 200 or 200-299";
      }

      @Override
      public Parsed<StatusRange> parse(String text) {
        return StatusRange.parse(text.strip()).map(Parsed::good).orElseGet(Parsed::bad);
      }

      @Override
      public String render(StatusRange range) {
        return range.toString();
      }
    };
  }
}
