package io.forebay.backends.redis;

import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which master of a Redis Cluster has which slot, as several of its nodes say.
///
/// They may disagree: a master that hung while another took its place knows nothing of that for a
/// moment after it wakes up. The claim of the highest configuration epoch holds, which is how the
/// nodes themselves decide.
final class ClusterMap {

  /// A node's address. The port is the one for clients.
  record Address(String host, int port) {}

  private final @Nullable Address[] masters = new Address[SlotHash.SLOT_COUNT];
  private final long[] epochs = new long[SlotHash.SLOT_COUNT];
  private final Set<Address> known = new HashSet<>();

  /// @param answers of nodes to `CLUSTER NODES`
  static ClusterMap of(List<String> answers) {
    ClusterMap map = new ClusterMap();
    answers.forEach(map::add);
    return map;
  }

  /// Lines of `id host:port@bus[,name] flags master ping pong epoch link slot…`; a slot is a number
  /// or a range, in brackets while it moves.
  private void add(String answer) {
    for (String line : answer.lines().toList()) {
      String[] words = line.split(" ", -1);
      Optional<Address> address = words.length < 8 ? Optional.empty() : address(words[1]);
      if (address.isEmpty() || words[2].contains("handshake") || words[2].contains("noaddr")) {
        continue;
      }
      known.add(address.get());
      if (words[2].contains("master")) {
        for (int i = 8; i < words.length; i++) {
          if (!words[i].startsWith("[")) {
            claim(words[i], address.get(), Long.parseLong(words[6]));
          }
        }
      }
    }
  }

  private static Optional<Address> address(String text) {
    String before = text.replaceAll("[@,].*", "");
    int colon = before.lastIndexOf(':');
    return colon <= 0
        ? Optional.empty() // a node that does not know its own address yet
        : Optional.of(
            new Address(before.substring(0, colon), Integer.parseInt(before.substring(colon + 1))));
  }

  private void claim(String range, Address master, long epoch) {
    int dash = range.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
    int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
    for (int slot = first; slot <= last; slot++) {
      if (masters[slot] == null || epoch > epochs[slot]) {
        masters[slot] = master;
        epochs[slot] = epoch;
      }
    }
  }

  Optional<Address> master(int slot) {
    return Optional.ofNullable(masters[slot]);
  }

  /// Those that have slots.
  Set<Address> masters() {
    Set<Address> distinct = new HashSet<>();
    for (Address master : masters) {
      if (master != null) {
        distinct.add(master);
      }
    }
    return distinct;
  }

  /// Masters and replicas.
  List<Address> known() {
    return new ArrayList<>(known);
  }
}
