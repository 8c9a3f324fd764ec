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
import org.jspecify.annotations.Nullable;

/// Turns written text into values by the declared types. Adds a problem for whatever does not fit;
/// the result is complete only if none was added.
final class ValueReader {

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
        groups.put(group, items(group, group.name(), node));
      }
    }
    return new ResolvedSettings(new Values(values, groups));
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

  /// @param path where the group is
  List<Item> items(SettingGroup group, String path, WrittenNode node) {
    List<Item> items = new ArrayList<>();
    switch (node) {
      case Blank ignored -> {}
      case Sequence(var written, var _) when group.shape() == SettingGroup.Shape.LIST -> {
        for (int i = 0; i < written.size(); i++) {
          item(group, path, "[" + (i + 1) + "]", written.get(i)).ifPresent(items::add);
        }
      }
      case Scalar(var text, var origin)
          when group.shape() == SettingGroup.Shape.LIST && group.shorthand().isPresent() -> {
        String[] parts = text.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
          item(group, path, "[" + (i + 1) + "]", new Scalar(parts[i].strip(), origin))
              .ifPresent(items::add);
        }
      }
      case Mapping(var members, var _) when group.shape() == SettingGroup.Shape.MAP ->
          members.forEach(
              (name, member) -> namedItem(group, path, name, member).ifPresent(items::add));
      case Mapping section when group.shape() == SettingGroup.Shape.SECTION ->
          item(group, path, "", section).ifPresent(items::add);
      case Scalar alone
          when group.shape() == SettingGroup.Shape.SECTION && group.shorthand().isPresent() ->
          item(group, path, "", alone).ifPresent(items::add);
      default -> // not our type's case, but a guard above that did not hold
          problem(path, path + ": expected " + expectation(group), node.origin());
    }
    return List.copyOf(items);
  }

  private static String expectation(SettingGroup group) {
    return switch (group.shape()) {
      case LIST -> "a list of items, each with " + group.fieldNames();
      case MAP -> "items by name, each with " + group.fieldNames();
      case SECTION ->
          group.shorthand().map(field -> field.type().expectation() + ", or ").orElse("")
              + group.fieldNames()
              + " by name";
    };
  }

  private Optional<Item> namedItem(SettingGroup group, String path, String name, Member member) {
    if (group.itemNames().form().matcher(name).matches()) {
      return item(group, path, name, member.node());
    }
    problem(
        path,
        path
            + ": expected "
            + group.itemNames().expectation()
            + ", but found \""
            + shortened(name)
            + "\"",
        member.nameOrigin());
    return Optional.empty();
  }

  private Optional<Item> item(
      SettingGroup group, String groupPath, String itemName, WrittenNode node) {
    String path = group.path(groupPath, itemName);
    if (group.shorthand().isPresent() && isShort(group, node)) {
      Setting<?> field = group.shorthand().get();
      Map<String, Member> alone = Map.of(field.name(), new Member(node, node.origin()));
      // Nobody wrote the field's name, so a message must not name it.
      return fields(group, itemName, path, alone, node.origin(), Optional.of(field));
    }
    return switch (node) {
      case Mapping(var members, var origin) ->
          fields(group, itemName, path, members, origin, Optional.empty());
      case Blank(var origin) -> fields(group, itemName, path, Map.of(), origin, Optional.empty());
      case Scalar(var _, var origin) -> withoutNames(group, path, origin);
      case Sequence(var _, var origin) -> withoutNames(group, path, origin);
    };
  }

  /// Whether an item is written as the value of its main field; a blank one is, where that is all
  /// it has.
  private static boolean isShort(SettingGroup group, WrittenNode node) {
    return switch (node) {
      case Scalar _, Sequence _ -> true;
      case Blank _ -> group.fields().size() == 1;
      case Mapping _ -> false;
    };
  }

  private Optional<Item> withoutNames(SettingGroup group, String path, SettingOrigin origin) {
    problem(path, path + ": expected " + group.fieldNames() + " by name", origin);
    return Optional.empty();
  }

  /// @param shorthand the field that the item's own text is the value of
  private Optional<Item> fields(
      SettingGroup group,
      String itemName,
      String path,
      Map<String, Member> members,
      SettingOrigin origin,
      Optional<Setting<?>> shorthand) {
    refuseUnknownFields(group, path, members);
    Map<Setting<?>, Value> values = new HashMap<>();
    Map<SettingGroup, List<Item>> groups = new LinkedHashMap<>();
    boolean isComplete = true;
    for (SettingField field : group.fields()) {
      Member member = members.get(field.name());
      WrittenNode node = member == null ? null : member.node();
      switch (field) {
        case Setting<?> setting -> {
          boolean isShort = shorthand.isPresent() && shorthand.get() == setting;
          var value = value(setting, isShort ? path : path + "." + setting.name(), node, origin);
          value.ifPresent(present -> values.put(setting, present));
          isComplete &= value.isPresent();
        }
        case SettingGroup within -> {
          if (node != null) {
            groups.put(within, items(within, path + "." + within.name(), node));
          }
        }
      }
    }
    return isComplete
        ? Optional.of(new Item(itemName, path, new Values(values, groups), origin))
        : Optional.empty();
  }

  private void refuseUnknownFields(SettingGroup group, String path, Map<String, Member> members) {
    List<String> known = group.fields().stream().map(SettingField::name).toList();
    members.forEach((name, member) -> {
      if (!known.contains(name)) {
        String nearest =
            NearestName.of(name, known)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("; known are " + group.fieldNames());
        problem(
            path + "." + name,
            "unknown setting " + path + "." + name + nearest,
            member.nameOrigin());
      }
    });
  }

  private void problem(String setting, String message, SettingOrigin origin) {
    problems.add(new SettingProblem(setting, message, origin));
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
