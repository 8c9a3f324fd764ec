package io.forebay.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Text beyond ASCII in fields. What reads bytes maps each to one character (Latin-1, RFC 9110
/// §5.5); whoever wrote it today meant UTF-8.
public final class FieldText {

  private FieldText() {}

  /// The text that its bytes are in UTF-8; as it is, if they are no UTF-8.
  public static String decoded(String value) {
    if (value.chars().allMatch(c -> c < 0x80) || value.chars().anyMatch(c -> c > 0xff)) {
      return value;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }
}
