package io.forebay.backends.memcached;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Commands of Memcached's meta protocol (protocol.txt, "Meta Commands", since 1.6), as bytes.
final class MetaCommand {

  private static final byte[] END = {'\r', '\n'};

  private MetaCommand() {}

  /// Asks for an item's number, content and time left.
  static byte[] get(String key) {
    return line("mg " + key + " c t v");
  }

  /// The same, and makes an empty item if there is none: so there is always something to compare
  /// with.
  static byte[] getOrMake(String key, long seconds) {
    return line("mg " + key + " c t v N" + seconds);
  }

  /// Sets an item if the one that is there has this number.
  static byte[] compareAndSet(String key, long number, long seconds, byte[] content) {
    return set("ms " + key + " " + content.length + " C" + number + " T" + seconds, content);
  }

  /// Sets an item whatever is there.
  static byte[] set(String key, long seconds, byte[] content) {
    return set("ms " + key + " " + content.length + " T" + seconds, content);
  }

  /// Deletes the item if it has this number.
  static byte[] compareAndDelete(String key, long number) {
    return line("md " + key + " C" + number);
  }

  static byte[] delete(String key) {
    return line("md " + key);
  }

  /// Asks whether the server is there.
  static byte[] nothing() {
    return line("mn");
  }

  /// Who we are, in the form that `memcached -Y` wants: a write of whatever key.
  static byte[] login(MemcachedServers.Login login) {
    byte[] content = (login.user() + " " + login.password()).getBytes(StandardCharsets.UTF_8);
    return set("set login 0 0 " + content.length, content);
  }

  static byte[] line(String words) {
    return (words + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] set(String words, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(words.length() + content.length + 4);
    bytes.writeBytes(line(words));
    bytes.writeBytes(content);
    bytes.writeBytes(END);
    return bytes.toByteArray();
  }
}
