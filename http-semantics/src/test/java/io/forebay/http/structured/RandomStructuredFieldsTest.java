package io.forebay.http.structured;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.structured.BareItem.BooleanItem;
import io.forebay.http.structured.BareItem.ByteSequence;
import io.forebay.http.structured.BareItem.DateItem;
import io.forebay.http.structured.BareItem.DecimalItem;
import io.forebay.http.structured.BareItem.DisplayString;
import io.forebay.http.structured.BareItem.IntegerItem;
import io.forebay.http.structured.BareItem.StringItem;
import io.forebay.http.structured.BareItem.TokenItem;
import io.forebay.http.structured.StructuredMember.InnerList;
import io.forebay.http.structured.StructuredMember.Item;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Seeded random values read back as they were written, and random text never throws.
class RandomStructuredFieldsTest {

  private static final long SEED = 9651;
  private static final long LARGEST = 999_999_999_999_999L;

  private final Random random = new Random(SEED);

  @Test
  void whatIsWrittenReadsBack() {
    for (int round = 0; round < 20_000; round++) {
      List<StructuredMember> list = new ArrayList<>();
      Map<String, StructuredMember> dictionary = new LinkedHashMap<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        list.add(member());
        dictionary.put(key(), member());
      }
      String text = StructuredFields.serialiseList(list).orElseThrow();
      assertThat(StructuredFields.parseList(text)).as("seed %d: %s", SEED, text).contains(list);
      String pairs = StructuredFields.serialiseDictionary(dictionary).orElseThrow();
      assertThat(StructuredFields.parseDictionary(pairs))
          .as("seed %d: %s", SEED, pairs)
          .contains(dictionary);
    }
  }

  @Test
  void whatReadsIsWrittenTheSameWayFromThenOn() {
    String alphabet = "abA1.-=;,()\"\\:?%@* \tc3\u00e9\u0000";
    int read = 0;
    for (int round = 0; round < 200_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(9); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      var members = StructuredFields.parseList(text.toString());
      StructuredFields.parseItem(text.toString());
      StructuredFields.parseDictionary(text.toString());
      if (members.isPresent()) {
        read++;
        String written = StructuredFields.serialiseList(members.get()).orElseThrow();
        String again =
            StructuredFields.parseList(written)
                .flatMap(StructuredFields::serialiseList)
                .orElseThrow();
        assertThat(again).as("seed %d: %s", SEED, text).isEqualTo(written);
      }
    }
    assertThat(read).isGreaterThan(1000);
  }

  private StructuredMember member() {
    if (random.nextInt(3) > 0) {
      return item();
    }
    List<Item> items = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      items.add(item());
    }
    return new InnerList(items, parameters());
  }

  private Item item() {
    return new Item(bareItem(), parameters());
  }

  private Map<String, BareItem> parameters() {
    Map<String, BareItem> parameters = new LinkedHashMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      parameters.put(key(), bareItem());
    }
    return parameters;
  }

  private String key() {
    return letters("abz*", 1) + letters("az09_-.*", random.nextInt(4));
  }

  private BareItem bareItem() {
    return switch (random.nextInt(8)) {
      case 0 -> new IntegerItem(random.nextLong(-LARGEST, LARGEST + 1));
      case 1 -> new DecimalItem(decimal());
      case 2 -> new StringItem(letters(" ~\"\\a,;=", random.nextInt(6)));
      case 3 -> new TokenItem(letters("aZ*", 1) + letters("a:/.!#%", random.nextInt(6)));
      case 4 -> new ByteSequence(letters("\u0000\u00ff\u0080a", random.nextInt(6)));
      case 5 -> new BooleanItem(random.nextBoolean());
      case 6 -> new DateItem(random.nextLong(-LARGEST, LARGEST + 1));
      default -> new DisplayString(letters("a\"%\\\u00e9\u20ac\n", random.nextInt(6)));
    };
  }

  /// At most three places, and one at least, as it reads back.
  private BigDecimal decimal() {
    long tenths = random.nextLong(-9_999_999_999_999L, 10_000_000_000_000L);
    return BigDecimal.valueOf(tenths, 1);
  }

  private String letters(String alphabet, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return letters.toString();
  }
}
