package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.proxy.coding.ContentCoder;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Stored pages in content codings: for all routes, and for one.
final class CompressionDeclarations {

  private CompressionDeclarations() {}

  private static final SettingType<List<ContentCoder>> CODINGS = listOf(choice(ContentCoder.class));

  private static final SettingType<List<String>> TYPES =
      listOf(
          text(
              "a content type, where * stands for anything, such as text/*",
              Pattern.compile("[a-z0-9*!#$&^_.+-]{1,64}/[a-z0-9*!#$&^_.+-]{1,64}")));

  private static final SettingType<ByteSize> MIN_BYTES =
      byteSize(new ByteSize(0), ByteSize.ofMebibytes(1024));

  static final Setting<List<ContentCoder>> NODE_CODINGS =
      Setting.of(
          "proxy.compression.codings",
          CODINGS,
          List.of(),
          "The content codings in which stored pages are served to clients that accept them, the"
              + " best first, such as zstd, gzip; each is made once for a page.");

  static final Setting<List<String>> NODE_TYPES =
      Setting.of(
          "proxy.compression.types",
          TYPES,
          List.of(
              "text/*",
              "application/json",
              "application/*+json",
              "application/javascript",
              "application/xml",
              "application/*+xml",
              "application/wasm",
              "image/svg+xml",
              "image/x-icon",
              "font/ttf",
              "font/otf"),
          "Which content is compressed.");

  static final Setting<ByteSize> NODE_MIN_BYTES =
      Setting.of(
          "proxy.compression.min_bytes",
          MIN_BYTES,
          ByteSize.ofKibibytes(1),
          "Shorter content is not compressed.");

  static final List<Setting<?>> ALL = List.of(NODE_CODINGS, NODE_TYPES, NODE_MIN_BYTES);

  static final Setting<Optional<List<ContentCoder>>> ROUTE_CODINGS =
      Setting.of(
          "codings",
          optionalList(CODINGS),
          Optional.empty(),
          "As proxy.compression.codings, for this route; none turns it off.");

  static final Setting<Optional<List<String>>> ROUTE_TYPES =
      Setting.of(
          "types",
          optionalList(TYPES),
          Optional.empty(),
          "As proxy.compression.types, for this route.");

  static final Setting<Optional<ByteSize>> ROUTE_MIN_BYTES =
      Setting.of(
          "min_bytes",
          optional(MIN_BYTES),
          Optional.empty(),
          "As proxy.compression.min_bytes, for this route.");

  static final SettingGroup COMPRESSION =
      SettingGroup.section(
              "compression",
              List.of(ROUTE_CODINGS, ROUTE_TYPES, ROUTE_MIN_BYTES),
              "Where stored pages of this route are compressed otherwise than proxy.compression"
                  + " says.")
          .withExample(
              """
              proxy:
                compression:
                  codings: [zstd, gzip]
                routes:
                  - name: shop
                    path: /shop/*
                    origins: [http://10.0.0.5:8080]
                    compression: {min_bytes: 500B}
                  - name: downloads
                    origins: [http://10.0.0.6:8080]
                    compression: {codings: none}
              """);

  /// The word `none` is an empty list, which a list of nothing would not show.
  private static <T> SettingType<Optional<List<T>>> optionalList(SettingType<List<T>> list) {
    return new SettingType<>() {
      @Override
      public String expectation() {
        return list.expectation() + "; or none";
      }

      @Override
      public Parsed<Optional<List<T>>> parse(String written) {
        return written.strip().equals("none")
            ? Parsed.good(Optional.of(List.of()))
            : present(list.parse(written));
      }

      @Override
      public Parsed<Optional<List<T>>> parseSequence(List<String> texts) {
        return present(list.parseSequence(texts));
      }

      private Parsed<Optional<List<T>>> present(Parsed<List<T>> parsed) {
        return switch (parsed) {
          case Parsed.Good<List<T>>(var value) -> Parsed.good(Optional.of(value));
          case Parsed.Bad<List<T>>(var why) -> Parsed.bad(why);
        };
      }

      @Override
      public String render(Optional<List<T>> value) {
        return value.map(present -> present.isEmpty() ? "none" : list.render(present)).orElse("");
      }
    };
  }

  static CompressionSettings read(ResolvedSettings.Values node) {
    return new CompressionSettings(
        node.get(NODE_CODINGS), node.get(NODE_TYPES), node.get(NODE_MIN_BYTES));
  }

  /// The node's, as far as the route does not say otherwise.
  static CompressionSettings read(ResolvedSettings.Values route, ResolvedSettings.Values node) {
    ResolvedSettings.Values fields = route.in(COMPRESSION);
    CompressionSettings usual = read(node);
    return new CompressionSettings(
        fields.get(ROUTE_CODINGS).orElse(usual.codings()),
        fields.get(ROUTE_TYPES).orElse(usual.types()),
        fields.get(ROUTE_MIN_BYTES).orElse(usual.minBytes()));
  }
}
