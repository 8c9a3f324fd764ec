package io.forebay.backends.redis;

import io.forebay.cache.Peer;
import io.forebay.cache.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The nodes that share the log, as a list of them said at one moment of Redis's clock, with what
/// they told since. Whether one is gone is judged by that same moment: it may have been heard of
/// since then.
///
/// Immutable.
record Members(long listMicros, Map<String, Member> byName) {

  static final Members NONE = new Members(0, Map.of());

  /// @param heardMicros when it was heard of last
  record Member(long heardMicros, long leaseMicros, Position applied) {

    boolean isGoneAt(long micros) {
      return micros > heardMicros + FleetSettings.goneAfterMicros(leaseMicros);
    }
  }

  /// @param flat names and texts, in turn
  Members listed(long micros, List<String> flat) {
    if (micros < listMicros) {
      return this;
    }
    Map<String, Member> present = new HashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      Member listed = read(flat.get(i + 1));
      present.put(flat.get(i), newer(listed, byName.get(flat.get(i))));
    }
    return new Members(micros, Map.copyOf(present));
  }

  private static Member read(String text) {
    String[] parts = text.split(" ", -1);
    return new Member(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        new Position(Long.parseLong(parts[2]), Long.parseLong(parts[3])));
  }

  private static Member newer(Member listed, @Nullable Member told) {
    return told != null && told.applied.compareTo(listed.applied) > 0
        ? new Member(listed.heardMicros, listed.leaseMicros, told.applied)
        : listed;
  }

  /// A node told that it has applied the log up to a position.
  Members told(String name, Position applied) {
    Member present = byName.get(name);
    if (present == null || present.applied.compareTo(applied) >= 0) {
      return this;
    }
    Map<String, Member> changed = new HashMap<>(byName);
    changed.put(name, new Member(present.heardMicros, present.leaseMicros, applied));
    return new Members(listMicros, Map.copyOf(changed));
  }

  /// All but the node of this name.
  List<Peer> others(String self) {
    List<Peer> others = new ArrayList<>();
    byName.forEach((name, member) -> {
      if (!name.equals(self)) {
        others.add(new Peer(shown(name), member.applied, member.isGoneAt(listMicros)));
      }
    });
    return others;
  }

  /// Without what tells processes of one name apart.
  private static String shown(String name) {
    int end = name.lastIndexOf('#');
    return end < 0 ? name : name.substring(0, end);
  }
}
