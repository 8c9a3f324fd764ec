package io.forebay.cache;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Lists of texts and maps of texts as bytes: their length, then each text with its own.
final class PackedTexts {

  private PackedTexts() {}

  /// @param texts at least one
  static long bytes(Iterable<String> texts) {
    long content = contentBytes(texts);
    return PackedNumbers.bytes(content) + content;
  }

  private static long contentBytes(Iterable<String> texts) {
    long bytes = 0;
    for (String text : texts) {
      int length = TextPacking.INSTANCE.packedBytes(text);
      bytes += PackedNumbers.bytes(length) + length;
    }
    return bytes;
  }

  /// @return where what follows begins
  static long write(MemorySegment target, long offset, Iterable<String> texts) {
    long at = PackedNumbers.write(target, offset, contentBytes(texts));
    for (String text : texts) {
      int length = TextPacking.INSTANCE.packedBytes(text);
      at = PackedNumbers.write(target, at, length);
      TextPacking.INSTANCE.pack(text, target, at);
      at += length;
    }
    return at;
  }

  /// Bytes of the texts that begin at `offset`, their length included.
  static long skip(MemorySegment source, long offset) {
    int content = PackedNumbers.readLength(source, offset);
    return (long) PackedNumbers.bytes(content) + content;
  }

  static List<String> read(MemorySegment source, long offset) {
    int content = PackedNumbers.readLength(source, offset);
    long at = offset + PackedNumbers.bytes(content);
    long end = at + content;
    List<String> texts = new ArrayList<>(4);
    while (at < end) {
      int length = PackedNumbers.readLength(source, at);
      at += PackedNumbers.bytes(length);
      texts.add(TextPacking.INSTANCE.unpack(source, at, length));
      at += length;
    }
    return List.copyOf(texts);
  }

  /// Keys and values by turns.
  static Iterable<String> flat(Map<String, String> map) {
    List<String> texts = new ArrayList<>(2 * map.size());
    map.forEach((key, value) -> {
      texts.add(key);
      texts.add(value);
    });
    return texts;
  }

  static Map<String, String> mapOf(List<String> flat) {
    Map<String, String> map = HashMap.newHashMap(flat.size() / 2);
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      map.put(flat.get(i), flat.get(i + 1));
    }
    return Map.copyOf(map);
  }
}
