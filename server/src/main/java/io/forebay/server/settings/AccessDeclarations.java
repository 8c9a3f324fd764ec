package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.NAME;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.text;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Who may use the API.
final class AccessDeclarations {

  private AccessDeclarations() {}

  /// What a token may do; `docs/concepts/access.md` says it in full.
  static final SettingType<String> ROLE =
      text("one of read, write, purge, admin", Pattern.compile("read|write|purge|admin"));

  static final Setting<String> TOKEN_NAME =
      Setting.required("name", NAME, "Who holds it: shown in logs, never secret.");

  static final Setting<List<String>> TOKEN_ROLES =
      Setting.required(
          "roles", listOf(ROLE), "What it may do; each role includes read, admin includes all.");

  static final Setting<String> TOKEN_SHA256 =
      Setting.required(
              "sha256",
              text(
                  "64 hexadecimal digits, as printed by `forebay token new`",
                  Pattern.compile("[0-9a-fA-F]{64}")),
              "The SHA-256 hash of the token; the token itself is stored nowhere.")
          .asSecret();

  static final SettingGroup ACCESS_TOKENS =
      new SettingGroup(
          "access.tokens",
          SettingGroup.Shape.LIST,
          List.of(TOKEN_NAME, TOKEN_ROLES, TOKEN_SHA256),
          "Who may use the API; without tokens it is open, and only on this machine.",
          """
          access:
            tokens:
              - name: deploy
                roles: [purge]
                sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          """);

  static ServerSettings.TokenDeclaration read(ResolvedSettings.Item item) {
    return new ServerSettings.TokenDeclaration(
        item.fields().get(TOKEN_NAME),
        item.fields().get(TOKEN_ROLES),
        item.fields().get(TOKEN_SHA256).toLowerCase(Locale.ROOT));
  }
}
