package io.forebay.server.settings;

import io.forebay.server.settings.WrittenNode.Blank;
import io.forebay.server.settings.WrittenNode.Mapping;
import io.forebay.server.settings.WrittenNode.Member;
import io.forebay.server.settings.WrittenNode.Scalar;
import io.forebay.server.settings.WrittenNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Puts the layers together: file, then environment over it, then flags over both. Every problem is
/// found in one go; nothing is in force unless there is none.
public final class SettingsReader {

  private final List<SettingProblem> problems = new ArrayList<>();
  private final Map<String, WrittenNode> written = new LinkedHashMap<>();

  private SettingsReader() {}

  public static SettingsReading read(WrittenSettings layers) {
    return new SettingsReader().readLayers(layers);
  }

  private SettingsReading readLayers(WrittenSettings layers) {
    layers.file().ifPresent(this::takeFile);
    List<Assignment> environment = EnvironmentLayer.read(layers.environment(), problems);
    List<SettingsReading.ShownSetting> notes = List.of();
    if (isCompatOn(environment, layers.flags())) {
      var foreign = ForeignLayer.read(layers.envFile(), layers.environment(), problems);
      foreign.assignments().forEach(this::takeAssignment);
      notes = foreign.notes();
    }
    environment.forEach(this::takeAssignment);
    layers.flags().forEach(this::takeFlag);
    ResolvedSettings resolved = new ValueReader(written, problems).resolve();
    if (problems.isEmpty()) {
      problems.addAll(OriginChecks.of(resolved));
    }
    if (!problems.isEmpty()) {
      return new SettingsReading.Refused(List.copyOf(problems));
    }
    ServerSettings settings = resolved.toServerSettings();
    problems.addAll(CrossChecks.of(settings, resolved));
    return problems.isEmpty()
        ? new SettingsReading.Accepted(settings, join(resolved.shown(), notes))
        : new SettingsReading.Refused(List.copyOf(problems));
  }

  /// Whether another system's names mean anything; a wrong value counts, and is found out later.
  private boolean isCompatOn(List<Assignment> environment, List<Assignment> flags) {
    String name = CompatDeclarations.SYSTEMS.name();
    return Stream.concat(environment.stream(), flags.stream())
        .filter(assignment -> assignment.name().equals(name))
        .reduce((_, later) -> later)
        .map(assignment -> !assignment.text().isBlank())
        .orElseGet(() ->
            switch (written.get(name)) {
              case null -> false;
              case Blank ignored -> false;
              case Scalar(var text, _) -> !text.isBlank();
              case Sequence(var items, _) -> !items.isEmpty();
              case Mapping ignored -> false;
            });
  }

  private static <T> List<T> join(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private void takeFile(WrittenSettings.File file) {
    switch (YamlText.read(
        file.yaml(), (line, column) -> new SettingOrigin.File(file.path(), line, column))) {
      case YamlText.Reading.Broken(var problem) -> problems.add(problem);
      case YamlText.Reading.Read(var node) -> {
        switch (node) {
          case Mapping mapping -> takeMapping("", mapping);
          case Blank ignored -> {}
          case Scalar scalar -> problems.add(notAMapping("", scalar.origin()));
          case Sequence sequence -> problems.add(notAMapping("", sequence.origin()));
        }
      }
    }
  }

  private void takeMapping(String prefix, Mapping mapping) {
    mapping.members().forEach((name, member) -> takeMember(prefix + name, member));
  }

  private void takeMember(String name, Member member) {
    if (isDeclared(name)) {
      WrittenNode earlier = written.putIfAbsent(name, member.node());
      if (earlier != null) {
        problems.add(
            new SettingProblem(
                name,
                name + " is written twice; first at " + earlier.origin().describe(),
                member.nameOrigin()));
      }
      return;
    }
    if (EnvironmentLayer.allNames().noneMatch(known -> known.startsWith(name + "."))) {
      problems.add(unknown(name, member.nameOrigin()));
      return;
    }
    switch (member.node()) {
      case Mapping section -> takeMapping(name + ".", section);
      case Blank ignored -> {}
      case Scalar scalar -> problems.add(notAMapping(name, scalar.origin()));
      case Sequence sequence -> problems.add(notAMapping(name, sequence.origin()));
    }
  }

  private void takeFlag(Assignment flag) {
    if (isDeclared(flag.name())) {
      takeAssignment(flag);
    } else {
      problems.add(unknown(flag.name(), flag.origin()));
    }
  }

  private void takeAssignment(Assignment assignment) {
    if (group(assignment.name()).isEmpty()) {
      written.put(assignment.name(), new Scalar(assignment.text(), assignment.origin()));
      return;
    }
    switch (YamlText.read(assignment.text(), (line, column) -> assignment.origin())) {
      case YamlText.Reading.Broken(var problem) -> problems.add(problem);
      case YamlText.Reading.Read(var node) -> written.put(assignment.name(), node);
    }
  }

  private static boolean isDeclared(String name) {
    return EnvironmentLayer.allNames().anyMatch(name::equals);
  }

  private static Optional<SettingGroup> group(String name) {
    return Settings.GROUPS.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  private static SettingProblem unknown(String name, SettingOrigin origin) {
    String nearest =
        NearestName.of(name, EnvironmentLayer.allNames().toList())
            .map(candidate -> "; did you mean " + candidate + "?")
            .orElse("; `forebay config show` lists all settings");
    return new SettingProblem(name, "unknown setting " + name + nearest, origin);
  }

  private static SettingProblem notAMapping(String name, SettingOrigin origin) {
    String below =
        EnvironmentLayer.allNames()
            .filter(known -> name.isEmpty() || known.startsWith(name + "."))
            .limit(3)
            .collect(Collectors.joining(", "));
    String what = name.isEmpty() ? "the file" : name;
    return new SettingProblem(
        name, what + " holds settings by name (" + below + ", …), not a value of its own", origin);
  }
}
