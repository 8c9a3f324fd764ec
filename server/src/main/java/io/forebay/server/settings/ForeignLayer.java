package io.forebay.server.settings;

import io.forebay.server.settings.ForeignName.Said;
import io.forebay.server.settings.SettingsReading.ShownSetting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds settings under the names that other systems' texts print, in the process's environment
/// and, under that, in a file of the kind `.env`. Read only while `compat.systems` names a system:
/// such names are common, and Kubernetes makes some of them up (`REDIS_PORT=tcp://…`).
final class ForeignLayer {

  /// What Kubernetes and Docker links put into a variable that ends in `PORT`.
  private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*?)\\s*");
  private static final Pattern COMMENT = Pattern.compile("\\s+#.*");

  /// What was found.
  ///
  /// @param notes variables that no setting is needed for
  record Found(List<Assignment> assignments, List<ShownSetting> notes) {}

  private record Variable(String value, SettingOrigin origin) {}

  private ForeignLayer() {}

  static Found read(
      Optional<WrittenSettings.File> envFile,
      Map<String, String> environment,
      List<SettingProblem> problems) {
    Map<String, Variable> variables = new LinkedHashMap<>();
    envFile.ifPresent(file -> variables.putAll(lines(file, problems)));
    environment.forEach((name, value) -> {
      if (!value.isEmpty()) {
        variables.put(name, new Variable(value, new SettingOrigin.Environment(name)));
      }
    });
    Map<String, String> values = new LinkedHashMap<>();
    variables.forEach((name, variable) -> values.put(name, variable.value()));
    var found = new Found(new ArrayList<>(), new ArrayList<>());
    for (ForeignName name : ForeignNames.ALL) {
      Variable variable = variables.get(name.variable());
      if (variable == null
          || variable.value().isBlank()
          || SERVICE_LINK.matcher(variable.value()).matches()) {
        continue;
      }
      switch (name.meaning().of(variable.value(), values)) {
        case Said.Settings(var settings) ->
            settings.forEach((setting, text) ->
                found.assignments().add(new Assignment(setting, text, variable.origin())));
        case Said.Nothing(var why) ->
            found
                .notes()
                .add(new ShownSetting(name.variable(), "(" + why + ")", variable.origin()));
        case Said.Wrong(var expected) ->
            problems.add(
                new SettingProblem(
                    name.variable(),
                    name.variable()
                        + ": expected "
                        + expected
                        + ", but found \""
                        + variable.value()
                        + "\"",
                    variable.origin()));
      }
    }
    return found;
  }

  private static Map<String, Variable> lines(
      WrittenSettings.File file, List<SettingProblem> problems) {
    Map<String, Variable> variables = new LinkedHashMap<>();
    int number = 0;
    for (String line : file.yaml().lines().toList()) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        problems.add(
            new SettingProblem(
                file.path(),
                "expected NAME=value, but found \"" + line.strip() + "\"",
                new SettingOrigin.File(file.path(), number, 1)));
        continue;
      }
      String name = matcher.group(1);
      variables.put(
          name,
          new Variable(
              value(matcher.group(2)), new SettingOrigin.EnvFile(file.path(), number, name)));
    }
    return variables;
  }

  private static String value(String text) {
    if (text.length() > 1 && (text.startsWith("\"") || text.startsWith("'"))) {
      int end = text.indexOf(text.charAt(0), 1);
      if (end > 0) {
        return text.substring(1, end);
      }
    }
    return text.startsWith("#") ? "" : COMMENT.matcher(text).replaceFirst("");
  }
}
