package io.forebay.server.settings;

/// Writes `docs/configure.md` from the declarations; a test holds the file against it.
public final class ConfigureDocument {

  private static final String INTRODUCTION =
      """
      # Configuring Forebay

      <!-- Made by `./forebay config docs > docs/configure.md`; a test compares. -->

      Settings come from one YAML file (`--config FILE`, or the variable `FOREBAY_CONFIG`), the
      environment over it, and flags over both. `forebay config check FILE` says whether a file is
      good, `forebay config show` prints every setting, its value, and where it came from.

      - In the file, dots are levels: `api.listen` is `listen` below `api`.
      - In the environment: `FOREBAY_`, capitals, dots as underscores: `FOREBAY_API_LISTEN`. An empty
        variable counts as absent.
      - As a flag: `--set api.listen=127.0.0.1:9400`.
      - Durations and sizes carry their unit: `30s`, `500ms`, `256MiB`.
      - Unknown settings and wrong values refuse to start; the message names the place and the nearest
        valid name.
      - The list settings at the end may also be given as YAML in a variable or flag:
        `--set 'caches={sessions: {max_bytes: 64MiB}}'`; that replaces the file's whole list.

      """;

  private static final String RELOAD =
      """
      ## Changing settings while it runs

      On SIGHUP, on `forebay config reload` (`POST /v1/config:reload`, role admin), and with
      `config.reload_on_change` when the file changes, the settings are read again: file, environment
      and flags as at the start. A wrong file changes nothing, and the answer and the log say where it
      is wrong. Requests under way end under the old rules, and what is stored stays. These settings
      are taken over; the answer names what else has changed and needs a restart.
      """;

  private ConfigureDocument() {}

  public static String markdown() {
    var page = new StringBuilder(INTRODUCTION);
    page.append(RELOAD).append("\n");
    for (String name : ReloadedSettings.names()) {
      page.append("- `").append(name).append("`\n");
    }
    page.append("\n## Settings\n\n");
    page.append("| setting | default | expected | what it does |\n|---|---|---|---|\n");
    Settings.ALL.forEach(setting -> page.append(row(setting)));
    Settings.GROUPS.forEach(group -> append(page, group, group.name()));
    return page.toString();
  }

  /// @param path where the group is: `proxy.routes`, `proxy.routes[].lifetime`
  private static void append(StringBuilder page, SettingGroup group, String path) {
    page.append("\n## `").append(path).append("`\n\n").append(group.sentence());
    page.append("\n\n| field | default | expected | what it does |\n|---|---|---|---|\n");
    for (SettingField field : group.fields()) {
      page.append(
          switch (field) {
            case Setting<?> setting -> row(setting);
            case SettingGroup within -> row(within, below(group, path) + "." + within.name());
          });
    }
    if (!group.example().isEmpty()) {
      page.append("\n```yaml\n").append(group.example()).append("```\n");
    }
    for (SettingField field : group.fields()) {
      if (field instanceof SettingGroup within && !within.isPlainMap()) {
        append(page, within, below(group, path) + "." + within.name());
      }
    }
  }

  private static String below(SettingGroup group, String path) {
    return switch (group.shape()) {
      case LIST -> path + "[]";
      case MAP -> path + ".NAME";
      case SECTION -> path;
    };
  }

  private static String row(SettingGroup within, String path) {
    String expected =
        within.isPlainMap()
            ? within.itemNames().expectation()
                + ", each with "
                + within.shorthand().orElseThrow().type().expectation()
            : switch (within.shape()) {
              case LIST -> "a list; its fields are below, under `" + path + "`";
              case MAP -> "items by name; their fields are below, under `" + path + "`";
              case SECTION ->
                  within.shorthand().map(field -> field.type().expectation() + ", or ").orElse("")
                      + "fields of its own; they are below, under `"
                      + path
                      + "`";
            };
    return "| `"
        + within.name()
        + "` | none | "
        + expected.replace("|", "\\|")
        + " | "
        + within.sentence().replace("|", "\\|")
        + " |\n";
  }

  private static <T> String row(Setting<T> setting) {
    T value = setting.defaultValue();
    String shown = value == null ? "" : setting.type().render(value);
    String column = value == null ? "required" : shown.isEmpty() ? "none" : "`" + shown + "`";
    return "| `"
        + setting.name()
        + "` | "
        + column
        + " | "
        + setting.type().expectation().replace("|", "\\|")
        + " | "
        + setting.sentence().replace("|", "\\|")
        + " |\n";
  }
}
