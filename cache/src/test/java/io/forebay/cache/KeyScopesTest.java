package io.forebay.cache;

import static io.forebay.cache.Invalidation.Mode.HARD;
import static io.forebay.cache.Invalidation.Mode.SOFT;
import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Scopes that look at keys: prefixes, patterns, hosts, and URLs with their variants.
class KeyScopesTest {

  private final TestCaches test = new TestCaches();
  private final Cache<String, String> cache = test.cache;

  @Test
  void aPrefixTakesWhatBeginsWithItAndNoOther() {
    fill("users:1", "users:10", "users", "user:1", "xusers:1");
    cache.invalidate(new Scope.Prefixes(Set.of("users:")), HARD);
    assertThat(left("users:1", "users:10", "users", "user:1", "xusers:1"))
        .isEqualTo("users user:1 xusers:1");
  }

  @Test
  void aPatternTakesWholeKeys() {
    fill("products:category:7", "products:category:7:x", "products:7", "a:products:category:1");
    cache.invalidate(new Scope.Patterns(Set.of(glob("products:category:?"))), HARD);
    assertThat(
            left(
                "products:category:7",
                "products:category:7:x",
                "products:7",
                "a:products:category:1"))
        .isEqualTo("products:category:7:x products:7 a:products:category:1");
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, http://example.com/a, true",
    "example.com, https://example.com:8443/a, true",
    "example.com, http://example.com, true",
    "example.com, http://example.com?q, true",
    "example.com, http://example.com.evil/a, false",
    "example.com, http://an-example.com/a, false",
    "example.com, http://other/http://example.com/, false",
    "example.com, example.com, false",
    "example.com:8080, http://example.com:8080/a, true",
    "example.com:8080, http://example.com:80801/a, false",
    "example.com:8080, http://example.com/a, false",
    "[::1], http://[::1]:80/a, true",
    "[::1], http://[::12]/a, false"
  })
  void aHostTakesItsPagesOnAllPorts(String host, String key, boolean covered) {
    fill(key);
    cache.invalidate(new Scope.Hosts(Set.of(host)), HARD);
    assertThat(test.read(key)).isEqualTo(covered ? "nothing" : "v");
  }

  @Test
  void aUrlTakesWhatCarriesItsTag() {
    test.put("http://h/a", "v", InternalTags.ofUrl("http://h/a"));
    test.put("http://h/a\nen", "v", InternalTags.ofUrl("http://h/a"), "t");
    test.put("http://h/a/b", "v", InternalTags.ofUrl("http://h/a/b"));
    cache.invalidate(new Scope.Urls(Set.of("http://h/a")), HARD);
    assertThat(left("http://h/a", "http://h/a\nen", "http://h/a/b")).isEqualTo("http://h/a/b");
  }

  @Test
  void patternsLookAtTheTextThatTheCacheGivesThem() {
    TestCaches pages =
        new TestCaches(
            new CacheBuilder<String, String>("pages")
                .maxEntries(10)
                .patternText(key -> key.split("\n", -1)[0]));
    pages.put("http://h/a.css\nen", "v");
    pages.put("http://h/a.js\nen", "v");
    pages.cache.invalidate(new Scope.Patterns(Set.of(glob("*.css"))), HARD);
    assertThat(pages.read("http://h/a.css\nen")).isEqualTo("nothing");
    assertThat(pages.read("http://h/a.js\nen")).isEqualTo("v");
  }

  @Test
  void softOnesMarkAndLaterValuesAreNotCovered() {
    fill("users:1", "posts:1");
    cache.invalidate(new Scope.Prefixes(Set.of("users:")), SOFT);
    fill("users:2");
    assertThat(test.read("users:1")).isEqualTo("stale v");
    assertThat(test.read("users:2")).isEqualTo("v");
    assertThat(test.read("posts:1")).isEqualTo("v");
    cache.invalidate(new Scope.Patterns(Set.of(glob("users:*"))), HARD);
    assertThat(left("users:1", "users:2")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Invalidation.Mode.class)
  void aLoadUnderWayIsRefused(Invalidation.Mode mode) {
    LoadToken<String> byPrefix = cache.beginLoad("users:1");
    LoadToken<String> byPattern = cache.beginLoad("posts:1");
    LoadToken<String> byHost = cache.beginLoad("http://h/");
    LoadToken<String> free = cache.beginLoad("other");
    cache.invalidate(new Scope.Prefixes(Set.of("users:")), mode);
    cache.invalidate(new Scope.Patterns(Set.of(glob("p*:1"))), mode);
    cache.invalidate(new Scope.Hosts(Set.of("h")), mode);
    for (LoadToken<String> load : java.util.List.of(byPrefix, byPattern, byHost)) {
      assertThat(load.isInvalidated(Set.of())).isTrue();
      assertThat(cache.complete(load, draft("old", HOUR)))
          .isEqualTo(new WriteOutcome.Refused(WriteOutcome.Reason.INVALIDATED_SINCE));
    }
    assertThat(cache.complete(free, draft("v", HOUR))).isInstanceOf(WriteOutcome.Stored.class);
  }

  @Test
  void theyRetireAfterTheSweep() {
    fill("users:1");
    LoadToken<String> load = cache.beginLoad("users:2");
    cache.invalidate(new Scope.Prefixes(Set.of("users:")), HARD);
    cache.invalidate(new Scope.Hosts(Set.of("h")), SOFT);
    test.upkeep.run();
    assertThat(cache.statistics().barriers()).as("a load is open").isEqualTo(2);
    assertThat(cache.statistics().entries()).isZero();
    load.abandon();
    test.upkeep.run();
    assertThat(cache.statistics().barriers()).isZero();
  }

  @Test
  void moreOfThemThanTheBoundRaiseTheFloor() {
    TestCaches small =
        new TestCaches(new CacheBuilder<String, String>("test").maxEntries(100).maxKeyBarriers(4));
    small.put("untouched", "v");
    for (int i = 0; i < 5; i++) {
      small.cache.invalidate(new Scope.Prefixes(Set.of("p" + i)), HARD);
    }
    assertThat(small.read("untouched")).isEqualTo("nothing");
    assertThat(small.cache.statistics().barrierOverflows()).isEqualTo(1);
    assertThat(small.cache.statistics().barriers()).isLessThanOrEqualTo(4);
    assertThat(small.cache.statistics().barrierFloor()).isPresent();
    small.put("later", "v");
    assertThat(small.read("later")).isEqualTo("v");
  }

  @Test
  void theSamePatternAgainTakesNoMoreRoom() {
    for (int i = 0; i < 500; i++) {
      cache.invalidate(new Scope.Patterns(Set.of(glob("users:*"))), HARD);
    }
    assertThat(cache.statistics().barriers()).isEqualTo(1);
    assertThat(cache.statistics().barrierOverflows()).isZero();
  }

  @Test
  void anEmptyTextIsNoScope() {
    assertThatThrownBy(() -> new Scope.Prefixes(Set.of("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Scope.Tags(Set.of("a", "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(glob("**").matchesEverything()).isTrue();
    assertThat(glob("*a").matchesEverything()).isFalse();
    assertThat(glob("").matchesEverything()).isFalse();
  }

  private void fill(String... keys) {
    for (String key : keys) {
      test.put(key, "v");
    }
  }

  private String left(String... keys) {
    StringBuilder left = new StringBuilder();
    for (String key : keys) {
      if (!test.read(key).equals("nothing")) {
        left.append(left.isEmpty() ? "" : " ").append(key);
      }
    }
    return left.toString();
  }

  private static GlobPattern glob(String text) {
    return GlobPattern.parse(text).orElseThrow();
  }
}
