package io.forebay.backends.memcached;

import java.util.List;
import java.util.OptionalLong;

/// What Memcached answers to one command of its meta protocol.
sealed interface MetaAnswer {

  /// Done, or an item without its content (`HD`).
  record Done(List<String> flags) implements MetaAnswer {}

  /// An item (`VA`).
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Value(byte[] bytes, List<String> flags) implements MetaAnswer {}

  /// There is no such item (`EN`, `NF`).
  record Missing() implements MetaAnswer {}

  /// There is another item than the one compared with (`EX`), or there is one at all (`NS`).
  record Changed() implements MetaAnswer {}

  /// The server is there (`MN`).
  record Awake() implements MetaAnswer {}

  /// The server could not do it, and says why.
  record Failed(String words) implements MetaAnswer {}

  /// The number behind the flag of this letter, in an item's flags.
  static OptionalLong number(List<String> flags, char letter) {
    for (String flag : flags) {
      if (flag.charAt(0) == letter) {
        return OptionalLong.of(Long.parseLong(flag, 1, flag.length(), 10));
      }
    }
    return OptionalLong.empty();
  }
}
