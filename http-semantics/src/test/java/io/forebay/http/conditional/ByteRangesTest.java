package io.forebay.http.conditional;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import io.forebay.http.conditional.ByteRanges.Selection;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §14.
class ByteRangesTest {

  private static Selection select(String range, long length) {
    return ByteRanges.select(
        new RequestHead("GET", "http", "a", "/", HttpFields.of("Range", range)), length);
  }

  private static String word(Selection selection) {
    return switch (selection) {
      case Selection.Full _ -> "full";
      case Selection.Unsatisfiable _ -> "none";
      case Selection.Single(ByteRange range) -> range.from() + "-" + range.to();
      case Selection.Multiple(List<ByteRange> ranges) ->
          ranges.stream().map(r -> r.from() + "-" + r.to()).collect(Collectors.joining(" "));
    };
  }

  /// §14.1.2, §14.2; of 10,000 bytes as in the RFC's examples.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-499              | 0-499",
        "bytes=500-999            | 500-999",
        "bytes=-500               | 9500-9999",
        "bytes=9500-              | 9500-9999",
        "bytes=0-0,-1             | 0-0 9999-9999",
        "bytes= 0-999, 4500-5499, -1000 | 0-999 4500-5499 9000-9999",
        "bytes=500-600,601-999    | 500-600 601-999",
        "bytes=500-700,601-999    | 500-700 601-999",
        "BYTES=0-0                | 0-0",
        "bytes=0-                 | 0-9999",
        "bytes=0-99999            | 0-9999",
        "bytes=-99999             | 0-9999",
        "bytes=0-99999999999999999999999 | 0-9999",
        "bytes=9999-              | 9999-9999",
        "bytes=10000-             | none",
        "bytes=99999999999999999999999- | none",
        "bytes=-0                 | none",
        "bytes=20000-, -0         | none",
        "bytes=20000-, 1-2        | 1-2",
        "bytes=,,1-2,             | 1-2",
      })
  void rangesAreCutToTheLength(String range, String expected) {
    assertThat(word(select(range, 10_000))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-4",
        "bytes=1-2,5-4",
        "bytes=1",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=1 - 2",
        "bytes =0-1",
        "items=0-1",
        "0-1"
      })
  void aMalformedOrForeignRangeIsIgnored(String range) {
    assertThat(word(select(range, 10_000))).isEqualTo("full");
  }

  /// §14.2: only GET has ranges.
  @Test
  void otherMethodsAndSeveralLinesAreIgnored() {
    HttpFields one = HttpFields.of("Range", "bytes=0-1");
    RequestHead head = new RequestHead("HEAD", "http", "a", "/", one);
    assertThat(word(ByteRanges.select(head, 10))).isEqualTo("full");
    RequestHead two = new RequestHead("GET", "http", "a", "/", one.with("Range", "bytes=2-3"));
    assertThat(word(ByteRanges.select(two, 10))).isEqualTo("full");
    RequestHead none = new RequestHead("GET", "http", "a", "/", HttpFields.none());
    assertThat(word(ByteRanges.select(none, 10))).isEqualTo("full");
  }

  @Test
  void nothingLiesWithinAnEmptyRepresentation() {
    assertThat(word(select("bytes=0-", 0))).isEqualTo("none");
    assertThat(word(select("bytes=-5", 0))).isEqualTo("none");
  }

  /// §17.15.
  @Test
  void abusiveSetsAreIgnored() {
    String many =
        IntStream.range(0, 33)
            .mapToObj(i -> i * 10 + "-" + i * 10)
            .collect(Collectors.joining(","));
    assertThat(word(select("bytes=" + many, 10_000))).isEqualTo("full");
    assertThat(word(select("bytes=0-,0-,0-", 10_000))).isEqualTo("full");
    assertThat(word(select("bytes=0-9000,5000-9999", 10_000))).isEqualTo("full");
    assertThat(word(select("bytes=0-10,5-15,12-20", 10_000))).isEqualTo("full");
  }

  /// §14.4.
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "bytes 0-9/100, 0, 9, 100",
        "BYTES 0-9/100, 0, 9, 100",
        "bytes 42-1233/*, 42, 1233, -",
        "bytes */100, -, -, 100",
      })
  void contentRangesAreRead(
      String value, @Nullable Long from, @Nullable Long to, @Nullable Long length) {
    ContentRange range = ContentRange.parse(value).orElseThrow();
    assertThat(range.range().map(ByteRange::from).orElse(null)).isEqualTo(from);
    assertThat(range.range().map(ByteRange::to).orElse(null)).isEqualTo(to);
    assertThat(range.completeLength())
        .isEqualTo(length == null ? OptionalLong.empty() : OptionalLong.of(length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes 0-9",
        "bytes 9-0/100",
        "bytes 0-100/100",
        "bytes 0-9/",
        "bytes */*",
        "bytes 4-9/a",
        "bytes -9/10",
        "items 0-9/100",
        "bytes/ 0-9"
      })
  void anInvalidContentRangeIsNone(String value) {
    assertThat(ContentRange.parse(value)).isEmpty();
  }

  @Test
  void contentRangesAreWritten() {
    assertThat(ContentRange.format(new ByteRange(0, 9), 100)).isEqualTo("bytes 0-9/100");
    assertThat(ContentRange.formatUnsatisfied(100)).isEqualTo("bytes */100");
    assertThat(new ByteRange(5, 9).length()).isEqualTo(5);
  }
}
