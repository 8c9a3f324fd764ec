package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Texts as Latin-1 or, where that does not do, UTF-16; the first byte says which. Any sequence of
/// characters comes back as it was, unpaired surrogates too, which UTF-8 could not do.
final class TextPacking implements Packing<String> {

  static final TextPacking INSTANCE = new TextPacking();

  private static final byte LATIN1 = 0;
  private static final byte UTF16 = 1;

  @Override
  public int packedBytes(String text) {
    return 1 + (isLatin1(text) ? text.length() : 2 * text.length());
  }

  @Override
  public void pack(String text, MemorySegment target, long offset) {
    if (isLatin1(text)) {
      target.set(JAVA_BYTE, offset, LATIN1);
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      MemorySegment.copy(bytes, 0, target, JAVA_BYTE, offset + 1, bytes.length);
    } else {
      target.set(JAVA_BYTE, offset, UTF16);
      MemorySegment.copy(
          text.toCharArray(), 0, target, JAVA_CHAR_UNALIGNED, offset + 1, text.length());
    }
  }

  @Override
  public String unpack(MemorySegment source, long offset, int length) {
    if (source.get(JAVA_BYTE, offset) == LATIN1) {
      byte[] bytes = new byte[length - 1];
      MemorySegment.copy(source, JAVA_BYTE, offset + 1, bytes, 0, bytes.length);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    char[] characters = new char[(length - 1) / 2];
    MemorySegment.copy(source, JAVA_CHAR_UNALIGNED, offset + 1, characters, 0, characters.length);
    return new String(characters);
  }

  @Override
  public boolean matches(String text, MemorySegment source, long offset, int length) {
    if (source.get(JAVA_BYTE, offset) != LATIN1) {
      return text.equals(unpack(source, offset, length));
    }
    if (text.length() != length - 1) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != (source.get(JAVA_BYTE, offset + 1 + i) & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLatin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return false;
      }
    }
    return true;
  }
}
