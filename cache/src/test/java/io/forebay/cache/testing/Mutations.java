package io.forebay.cache.testing;

import java.util.List;
import java.util.Random;

/// Makes what is nearly right out of what is right, for parsers.
public final class Mutations {

  private Mutations() {}

  /// A few places replaced, doubled, dropped or filled with pieces.
  ///
  /// @param places how many
  public static void mutate(StringBuilder text, int places, Random random, List<String> pieces) {
    for (int i = places; i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, text.substring(at, end));
        case 2 -> text.setCharAt(at, (char) random.nextInt(256));
        case 3 -> text.setLength(at);
        default -> text.insert(at, pieces.get(random.nextInt(pieces.size())));
      }
    }
  }
}
