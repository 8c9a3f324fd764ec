package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.onOff;

import io.forebay.http.UnkeyedFields;
import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import java.util.List;

/// What guards the proxy's store against cache poisoning and deception, on all routes.
final class GuardDeclarations {

  private GuardDeclarations() {}

  static final Setting<Boolean> NORMALISE_PATHS =
      Setting.of(
          "proxy.guards.normalise_paths",
          onOff(),
          true,
          "Whether dot segments and percent-encoded letters in paths are resolved, for the key and"
              + " for the origin alike; encoded slashes and other delimiters never are.");

  static final Setting<Boolean> MERGE_SLASHES =
      Setting.of(
          "proxy.guards.merge_slashes",
          onOff(),
          false,
          "Whether several slashes in a row become one, for the key and for the origin alike; off"
              + " where paths hold URLs or the names of objects.");

  static final Setting<AmbiguousPaths> AMBIGUOUS_PATHS =
      Setting.of(
          "proxy.guards.ambiguous_paths",
          choice(AmbiguousPaths.class),
          AmbiguousPaths.EXPLICIT,
          "What paths get that software reads in different ways (an encoded slash or control"
              + " character, a semicolon, a backslash, two slashes): explicit stores only what the"
              + " response itself says; allow treats them like any; pass stores nothing; refuse"
              + " answers 400.");

  static final Setting<Boolean> STATIC_SUFFIX =
      Setting.of(
          "proxy.guards.static_suffix",
          onOff(),
          true,
          "Whether a response to a path that ends like a static file's, such as .css, is stored"
              + " only if its Content-Type fits.");

  static final Setting<List<String>> UNKEYED_HEADERS =
      Setting.of(
          "proxy.guards.unkeyed_headers",
          listOf(RuleDeclarations.FIELD_NAME),
          UnkeyedFields.KNOWN,
          "Request fields that change answers without being in the key; origins do not get them"
              + " unless a route has them in its key or in guards.pass_headers.");

  static final Setting<ByteSize> MAX_KEY_BYTES =
      Setting.of(
          "proxy.guards.max_key_bytes",
          byteSize(new ByteSize(256), ByteSize.ofKibibytes(64)),
          ByteSize.ofKibibytes(8),
          "Requests with a longer cache key pass through unstored.");

  static final List<Setting<?>> ALL =
      List.of(
          NORMALISE_PATHS,
          MERGE_SLASHES,
          AMBIGUOUS_PATHS,
          STATIC_SUFFIX,
          UNKEYED_HEADERS,
          MAX_KEY_BYTES);

  static ServerSettings.Guards read(ResolvedSettings.Values values) {
    return new ServerSettings.Guards(
        values.get(NORMALISE_PATHS),
        values.get(MERGE_SLASHES),
        values.get(AMBIGUOUS_PATHS),
        values.get(STATIC_SUFFIX),
        values.get(UNKEYED_HEADERS),
        (int) values.get(MAX_KEY_BYTES).bytes());
  }
}
