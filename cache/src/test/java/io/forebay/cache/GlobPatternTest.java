package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobPatternTest {

  @ParameterizedTest(name = "{0} on {1}: {2}")
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        "* `` true",
        "* anything true",
        "users:* users:1 true",
        "users:* users: true",
        "users:* user:1 false",
        "*:1 users:1 true",
        "a*b*c a-b-b-c true",
        "a*b*c a-c-b false",
        "a?c abc true",
        "a?c ac false",
        "? é true",
        "? 🐟 true",
        "[abc] b true",
        "[abc] d false",
        "[a-c]x bx true",
        "[!a-c] d true",
        "[^a-c] b false",
        "[]] ] true",
        "[!]] ] false",
        "[a-] - true",
        "[\\]] ] true",
        "\\* * true",
        "\\* x false",
        "a\\?c a?c true",
        "a.c abc false",
        "a+ aa false",
        "`` `` true",
        "`` x false"
      })
  void patternsMatchWholeKeys(String pattern, String key, boolean matches) {
    assertThat(GlobPattern.parse(pattern).orElseThrow().test(key)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "abc\\", "[", "[a", "[!", "[]", "[a\\]"})
  void brokenPatternsAreNone(String pattern) {
    assertThat(GlobPattern.parse(pattern)).isEmpty();
  }

  @Test
  void matchingAgreesWithANaiveMatcher() {
    long seed = 20_261_121;
    var random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      String pattern = text(random, "ab*?", 7);
      String key = text(random, "ab", 9);
      assertThat(GlobPattern.parse(pattern).orElseThrow().test(key))
          .as("seed %d: %s on %s", seed, pattern, key)
          .isEqualTo(naive(pattern, key));
    }
  }

  private static String text(Random random, String alphabet, int maxLength) {
    var text = new StringBuilder();
    int length = random.nextInt(maxLength + 1);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static boolean naive(String pattern, String key) {
    if (pattern.isEmpty()) {
      return key.isEmpty();
    }
    if (pattern.charAt(0) == '*') {
      return naive(pattern.substring(1), key)
          || (!key.isEmpty() && naive(pattern, key.substring(1)));
    }
    return !key.isEmpty()
        && (pattern.charAt(0) == '?' || pattern.charAt(0) == key.charAt(0))
        && naive(pattern.substring(1), key.substring(1));
  }

  @Test
  void aHostilePatternCostsNoMoreThanItsLengthTimesTheKeys() {
    var pattern = GlobPattern.parse("a*".repeat(500) + "b").orElseThrow();
    String key = "a".repeat(4096);
    org.junit.jupiter.api.Assertions.assertTimeout(
        Duration.ofSeconds(5), () -> assertThat(pattern.test(key)).isFalse());
  }
}
