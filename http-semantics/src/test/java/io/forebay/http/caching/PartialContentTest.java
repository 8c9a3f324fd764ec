package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9111 §3.3 and §3.4, RFC 9110 §15.3.7.
class PartialContentTest {

  private static ResponseHead part(String etag, String contentRange, String... more) {
    HttpFields.Builder fields = HttpFields.builder().add("Content-Range", contentRange);
    if (!etag.isEmpty()) {
      fields.add("ETag", etag);
    }
    return new ResponseHead(206, fields.addAll(HttpFields.of(more)).build());
  }

  /// §3.3: stored only when it is known which part it is.
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "206, bytes 0-4/10, -, true",
        "206, bytes 0-4/10, 5, true",
        "206, bytes 0-4/10, 6, false",
        "206, bytes 0-4/*, -, false",
        "206, bytes */10, -, false",
        "206, bytes 4-3/10, -, false",
        "206, items 0-4/10, -, false",
        "206, -, -, false",
        "200, bytes 0-4/10, -, false",
        "416, bytes */10, -, false",
      })
  void aPartIsOneKnownRangeOfAKnownWhole(
      int status, @Nullable String contentRange, @Nullable String length, boolean expected) {
    HttpFields.Builder fields = HttpFields.builder().add("Cache-Control", "max-age=9");
    if (contentRange != null) {
      fields.add("Content-Range", contentRange);
    }
    if (length != null) {
      fields.add("Content-Length", length);
    }
    ResponseHead response = new ResponseHead(status, fields.build());
    assertThat(PartialContent.partOf(response).isPresent()).isEqualTo(expected);
    if (status == 206) {
      assertThat(store("GET", response) instanceof StoreDecision.Store).isEqualTo(expected);
      assertThat(store("POST", response)).isInstanceOf(StoreDecision.DoNotStore.class);
    }
  }

  @Test
  void aMultipartAnswerIsNotStored() {
    ResponseHead multipart =
        new ResponseHead(
            206,
            HttpFields.of(
                "Content-Type", "multipart/byteranges; boundary=x", "Cache-Control", "max-age=9"));
    assertThat(store("GET", multipart)).isInstanceOf(StoreDecision.DoNotStore.class);
  }

  private static StoreDecision store(String method, ResponseHead response) {
    RequestHead request =
        new RequestHead(method, "http", "a", "/", HttpFields.of("Range", "bytes=0-4"));
    return StoreRules.decide(
        request, response, CachePolicy.defaults(), Instant.EPOCH, Instant.EPOCH);
  }

  /// §3.4 with RFC 9110 §15.3.7.3: "if they all share the same strong validator".
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      quoteCharacter = '`',
      value = {
        "\"a\",   bytes 0-4/10, \"a\",   bytes 5-9/10, 0-9",
        "\"a\",   bytes 5-9/10, \"a\",   bytes 0-4/10, 0-9",
        "\"a\",   bytes 0-4/10, \"a\",   bytes 3-7/10, 0-7",
        "\"a\",   bytes 2-8/10, \"a\",   bytes 3-4/10, 2-8",
        "\"a\",   bytes 0-4/10, \"a\",   bytes 6-9/10, -",
        "\"a\",   bytes 0-4/10, \"a\",   bytes 5-9/11, -",
        "\"a\",   bytes 0-4/10, \"b\",   bytes 5-9/10, -",
        "\"a\",   bytes 0-4/10, W/\"a\", bytes 5-9/10, -",
        "W/\"a\", bytes 0-4/10, W/\"a\", bytes 5-9/10, -",
        "``,      bytes 0-4/10, ``,      bytes 5-9/10, -",
        "\"a\",   bytes 0-4/10, ``,      bytes 5-9/10, -",
      })
  void partsOfTheSameRepresentationThatTouchAreCombined(
      String storedTag, String stored, String tag, String arrived, @Nullable String expected) {
    Optional<PartialContent.Combination> combination =
        PartialContent.combine(part(storedTag, stored), part(tag, arrived));
    assertThat(combination.map(c -> c.range().from() + "-" + c.range().to()))
        .isEqualTo(Optional.ofNullable(expected));
    combination.ifPresent(c -> {
      assertThat(c.isComplete()).isEqualTo("0-9".equals(expected));
      assertThat(c.head().status()).isEqualTo(c.isComplete() ? 200 : 206);
      assertThat(c.head().fields().first("Content-Length"))
          .hasValue(Long.toString(c.range().length()));
      assertThat(c.head().fields().first("Content-Range"))
          .isEqualTo(c.isComplete() ? Optional.empty() : Optional.of("bytes " + expected + "/10"));
    });
  }

  @Test
  void partsOfAnotherCodingAreNotCombined() {
    assertThat(
            PartialContent.combine(
                part("\"a\"", "bytes 0-4/10", "Content-Encoding", "gzip"),
                part("\"a\"", "bytes 5-9/10")))
        .isEmpty();
  }

  /// §3.4: "use the header fields provided in the new response … to replace all instances of the
  /// corresponding header fields in the stored response".
  @Test
  void newFieldsReplaceStoredOnesAndOthersStay() {
    HttpFields fields =
        PartialContent.combine(
                part("\"a\"", "bytes 0-4/10", "A", "1", "A", "2", "Only-Stored", "x"),
                part("\"a\"", "bytes 5-9/10", "A", "3", "Only-New", "y"))
            .orElseThrow()
            .head()
            .fields();
    assertThat(fields.all("A")).containsExactly("3");
    assertThat(fields.first("Only-Stored")).hasValue("x");
    assertThat(fields.first("Only-New")).hasValue("y");
  }

  @Test
  void theAgeOfACombinationIsThatOfThePartThatArrived() {
    ResponseHead arrived =
        part("\"a\"", "bytes 5-9/10", "Age", "30", "Cache-Control", "max-age=100");
    ResponseHead combined =
        PartialContent.combine(part("\"a\"", "bytes 0-4/10", "Cache-Control", "max-age=5"), arrived)
            .orElseThrow()
            .head();
    StoreDecision decision =
        StoreRules.decideCombined(
            new RequestHead("GET", "http", "a", "/", HttpFields.none()),
            combined,
            arrived,
            CachePolicy.defaults(),
            Instant.EPOCH,
            Instant.EPOCH);
    assertThat(decision).isInstanceOf(StoreDecision.Store.class);
    StoreDecision.Store store = (StoreDecision.Store) decision;
    assertThat(store.initialAge()).isEqualTo(Duration.ofSeconds(30));
    assertThat(store.freshness().lifetime()).isEqualTo(Duration.ofSeconds(100));
  }

  @Test
  void joinedBytesAreThoseOfTheWholeWhateverTheParts() {
    long seed = System.nanoTime();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] whole = "0123456789abcdefghijklmnopqrstuvwxyz".getBytes(StandardCharsets.US_ASCII);
    for (int round = 0; round < 500; round++) {
      ByteRange one = range(random, whole.length);
      ByteRange other = range(random, whole.length);
      Optional<PartialContent.Combination> combination =
          PartialContent.combine(
              part("\"a\"", format(one, whole)), part("\"a\"", format(other, whole)));
      if (combination.isPresent()) {
        ByteRange range = combination.get().range();
        byte[] joined =
            PartialContent.joined(range, one, slice(whole, one), other, slice(whole, other));
        assertThat(joined).as("seed %d", seed).isEqualTo(slice(whole, range));
      }
    }
  }

  private static ByteRange range(RandomGenerator random, int length) {
    int from = random.nextInt(length);
    return new ByteRange(from, random.nextInt(from, length));
  }

  private static String format(ByteRange range, byte[] whole) {
    return "bytes " + range.from() + "-" + range.to() + "/" + whole.length;
  }

  private static byte[] slice(byte[] whole, ByteRange range) {
    return java.util.Arrays.copyOfRange(whole, (int) range.from(), (int) range.to() + 1);
  }
}
