package io.forebay.server.settings;

import io.forebay.server.settings.ResolvedSettings.Item;
import io.forebay.server.settings.ResolvedSettings.Value;
import io.forebay.server.settings.ResolvedSettings.Values;
import io.forebay.server.settings.WrittenNode.Blank;
import io.forebay.server.settings.WrittenNode.Mapping;
import io.forebay.server.settings.WrittenNode.Member;
import io.forebay.server.settings.WrittenNode.Scalar;
import io.forebay.server.settings.WrittenNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Turns written text into values by the declared types. Adds a problem for whatever does not fit;
/// the result is complete only if none was added.
final class ValueReader {

  private static final Pattern ITEM_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Map<String, WrittenNode> written;
  private final List<SettingProblem> problems;

  ValueReader(Map<String, WrittenNode> written, List<SettingProblem> problems) {
    this.written = written;
    this.problems = problems;
  }

  ResolvedSettings resolve() {
    Map<Setting<?>, Value> values = new HashMap<>();
    for (Setting<?> setting : Settings.ALL) {
      value(setting, setting.name(), written.get(setting.name()), new SettingOrigin.Default())
          .ifPresent(value -> values.put(setting, value));
    }
    Map<SettingGroup, List<Item>> groups = new LinkedHashMap<>();
    for (SettingGroup group : Settings.GROUPS) {
      WrittenNode node = written.get(group.name());
      if (node != null) {
        groups.put(group, items(group, node));
      }
    }
    return new ResolvedSettings(new Values(values), groups);
  }

  /// @param absentOrigin where a required field is missed
  private <T> Optional<Value> value(
      Setting<T> setting, String name, @Nullable WrittenNode node, SettingOrigin absentOrigin) {
    if (node == null) {
      T defaultValue = setting.defaultValue();
      if (defaultValue == null) {
        problem(name, name + " is missing; expected " + setting.type().expectation(), absentOrigin);
        return Optional.empty();
      }
      return Optional.of(new Value(defaultValue, new SettingOrigin.Default()));
    }
    SettingType<T> type = setting.type();
    return switch (node) {
      case Scalar(var text, var origin) -> accept(setting, name, type.parse(text), text, origin);
      case Sequence(var items, var origin) -> {
        List<String> texts = new ArrayList<>();
        for (WrittenNode item : items) {
          if (!(item instanceof Scalar(var text, _))) {
            problem(name, name + ": expected " + type.expectation(), item.origin());
            yield Optional.empty();
          }
          texts.add(text);
        }
        yield accept(setting, name, type.parseSequence(texts), String.join(", ", texts), origin);
      }
      case Blank(var origin) -> {
        problem(
            name,
            name + " has no value; expected " + type.expectation() + ", or remove the line",
            origin);
        yield Optional.empty();
      }
      case Mapping(_, var origin) -> {
        problem(
            name,
            name + ": expected " + type.expectation() + ", but further names are written below it",
            origin);
        yield Optional.empty();
      }
    };
  }

  private <T> Optional<Value> accept(
      Setting<T> setting, String name, Parsed<T> parsed, String text, SettingOrigin origin) {
    return switch (parsed) {
      case Parsed.Good<T>(var value) -> Optional.of(new Value(value, origin));
      case Parsed.Bad<T>(var why) -> {
        String found = setting.isSecret() ? "something else" : "\"" + shortened(text) + "\"";
        problem(
            name,
            name
                + ": expected "
                + setting.type().expectation()
                + ", but found "
                + found
                + (why.isEmpty() ? "" : " (" + why + ")"),
            origin);
        yield Optional.empty();
      }
    };
  }

  private List<Item> items(SettingGroup group, WrittenNode node) {
    List<Item> items = new ArrayList<>();
    switch (node) {
      case Sequence sequence when group.shape() == SettingGroup.Shape.LIST -> {
        for (int i = 0; i < sequence.items().size(); i++) {
          item(group, "[" + (i + 1) + "]", "", sequence.items().get(i)).ifPresent(items::add);
        }
      }
      case Mapping mapping when group.shape() == SettingGroup.Shape.MAP ->
          mapping
              .members()
              .forEach((name, member) -> {
                if (ITEM_NAME.matcher(name).matches()) {
                  item(group, name, ".", member.node()).ifPresent(items::add);
                } else {
                  problem(
                      group.name(),
                      group.name()
                          + ": expected a name of 1 to 64 letters, digits, dots, dashes or"
                          + " underscores, but found \""
                          + shortened(name)
                          + "\"",
                      member.nameOrigin());
                }
              });
      case Blank ignored -> {}
      default -> // not our type's case, but a guard above that did not hold
          problem(
              group.name(),
              group.name()
                  + (group.shape() == SettingGroup.Shape.LIST
                      ? ": expected a list of items, each with "
                      : ": expected items by name, each with ")
                  + fieldNames(group),
              node.origin());
    }
    return List.copyOf(items);
  }

  private Optional<Item> item(
      SettingGroup group, String itemName, String separator, WrittenNode node) {
    String path = group.name() + separator + itemName;
    Map<String, Member> members;
    switch (node) {
      case Mapping mapping -> members = mapping.members();
      case Blank ignored -> members = Map.of();
      case Scalar scalar -> {
        problem(path, path + ": expected " + fieldNames(group) + " by name", scalar.origin());
        return Optional.empty();
      }
      case Sequence sequence -> {
        problem(path, path + ": expected " + fieldNames(group) + " by name", sequence.origin());
        return Optional.empty();
      }
    }
    refuseUnknownFields(group, path, members);
    Map<Setting<?>, Value> values = new HashMap<>();
    for (Setting<?> field : group.fields()) {
      Member member = members.get(field.name());
      value(field, path + "." + field.name(), member == null ? null : member.node(), node.origin())
          .ifPresent(value -> values.put(field, value));
    }
    return values.size() == group.fields().size()
        ? Optional.of(new Item(itemName, new Values(values), node.origin()))
        : Optional.empty();
  }

  private void refuseUnknownFields(SettingGroup group, String path, Map<String, Member> members) {
    List<String> known = group.fields().stream().map(Setting::name).toList();
    members.forEach((name, member) -> {
      if (!known.contains(name)) {
        String nearest =
            NearestName.of(name, known)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("; known are " + fieldNames(group));
        problem(
            path + "." + name,
            "unknown setting " + path + "." + name + nearest,
            member.nameOrigin());
      }
    });
  }

  private static String fieldNames(SettingGroup group) {
    return group.fields().stream().map(Setting::name).collect(Collectors.joining(", "));
  }

  private void problem(String setting, String message, SettingOrigin origin) {
    problems.add(new SettingProblem(setting, message, origin));
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
