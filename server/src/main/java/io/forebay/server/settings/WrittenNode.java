package io.forebay.server.settings;

import java.util.List;
import java.util.Map;

/// Settings as somebody wrote them, before anything is known about their meaning. Each node knows
/// its place.
sealed interface WrittenNode {

  SettingOrigin origin();

  record Scalar(String text, SettingOrigin origin) implements WrittenNode {}

  /// A name with nothing after it.
  record Blank(SettingOrigin origin) implements WrittenNode {}

  record Sequence(List<WrittenNode> items, SettingOrigin origin) implements WrittenNode {}

  /// @param members in the order written; names are unique
  record Mapping(Map<String, Member> members, SettingOrigin origin) implements WrittenNode {}

  /// @param nameOrigin where the name stands
  record Member(WrittenNode node, SettingOrigin nameOrigin) {}
}
