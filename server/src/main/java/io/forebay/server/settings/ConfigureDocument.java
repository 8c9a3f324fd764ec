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

      ## Settings

      """;

  private ConfigureDocument() {}

  public static String markdown() {
    var page = new StringBuilder(INTRODUCTION);
    page.append("| setting | default | expected | what it does |\n|---|---|---|---|\n");
    Settings.ALL.forEach(setting -> page.append(row(setting)));
    for (SettingGroup group : Settings.GROUPS) {
      page.append("\n## `").append(group.name()).append("`\n\n").append(group.sentence());
      page.append("\n\n| field | default | expected | what it does |\n|---|---|---|---|\n");
      group.fields().forEach(field -> page.append(row(field)));
      page.append("\n```yaml\n").append(group.example()).append("```\n");
    }
    return page.toString();
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
