package io.forebay.http.conditional;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.conditional.Preconditions.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §13; RFC 9111 §4.3.2.
class PreconditionsTest {

  private static final String BEFORE = "Sun, 31 Dec 2023 12:00:00 GMT";
  private static final String MODIFIED = "Mon, 01 Jan 2024 12:00:00 GMT";
  private static final String AFTER = "Tue, 02 Jan 2024 12:00:00 GMT";
  private static final String DATE = "Wed, 03 Jan 2024 12:00:00 GMT";

  private static final ResponseHead STORED =
      new ResponseHead(
          200, HttpFields.of("ETag", "\"x\"", "Last-Modified", MODIFIED, "Date", DATE));

  private static Outcome evaluate(String method, ResponseHead response, String... fields) {
    return Preconditions.evaluate(
        new RequestHead(method, "http", "a", "/", HttpFields.of(fields)), response);
  }

  /// The order of §13.2.2: y and n are conditions that hold and do not, - is an absent one.
  @ParameterizedTest
  @CsvSource({
    // If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since
    "-, -, -, -, PROCEED",
    "y, -, -, -, PROCEED",
    "n, -, -, -, PRECONDITION_FAILED",
    "y, n, -, -, PROCEED",
    "-, y, -, -, PROCEED",
    "-, n, -, -, PRECONDITION_FAILED",
    "-, -, y, -, PROCEED",
    "-, -, n, -, NOT_MODIFIED",
    "-, -, y, n, PROCEED",
    "-, -, n, y, NOT_MODIFIED",
    "-, -, -, y, PROCEED",
    "-, -, -, n, NOT_MODIFIED",
    "n, y, n, n, PRECONDITION_FAILED",
    "y, -, n, -, NOT_MODIFIED",
    "-, y, -, n, NOT_MODIFIED",
    "y, y, y, y, PROCEED",
  })
  void conditionsAreEvaluatedInOrder(
      String ifMatch, String ifUnmodified, String ifNoneMatch, String ifModified, Outcome outcome) {
    List<String> fields = new ArrayList<>();
    add(fields, "If-Match", ifMatch, "\"a\", \"x\"", "\"a\", W/\"x\"");
    add(fields, "If-Unmodified-Since", ifUnmodified, MODIFIED, BEFORE);
    add(fields, "If-None-Match", ifNoneMatch, "\"a\"", "\"a\", W/\"x\"");
    add(fields, "If-Modified-Since", ifModified, BEFORE, MODIFIED);
    String[] array = fields.toArray(String[]::new);
    assertThat(evaluate("GET", STORED, array)).isEqualTo(outcome);
    assertThat(evaluate("HEAD", STORED, array)).isEqualTo(outcome);
  }

  private static void add(
      List<String> fields, String name, String which, String holds, String doesNot) {
    if (!which.equals("-")) {
      fields.add(name);
      fields.add(which.equals("y") ? holds : doesNot);
    }
  }

  @Test
  void aStarMatchesWhateverThereIs() {
    assertThat(evaluate("GET", STORED, "If-None-Match", "*")).isEqualTo(Outcome.NOT_MODIFIED);
    assertThat(evaluate("GET", STORED, "If-Match", " * ")).isEqualTo(Outcome.PROCEED);
  }

  @Test
  void tagsOnSeveralLinesAreOneList() {
    assertThat(evaluate("GET", STORED, "If-None-Match", "\"a\"", "if-none-match", "\"x\""))
        .isEqualTo(Outcome.NOT_MODIFIED);
  }

  @Test
  void tagsAreComparedByteForByte() {
    ResponseHead stored = new ResponseHead(200, HttpFields.of("ETag", "\"abcdef\u00c3\u00bc\""));
    assertThat(evaluate("GET", stored, "If-None-Match", "\"abcdef\u00c3\u00bc\""))
        .isEqualTo(Outcome.NOT_MODIFIED);
    assertThat(evaluate("GET", stored, "If-None-Match", "\"abcdef\u00fc\""))
        .isEqualTo(Outcome.PROCEED);
  }

  @Test
  void aResponseWithoutATagMatchesNone() {
    ResponseHead stored = new ResponseHead(200, HttpFields.of("Date", DATE));
    assertThat(evaluate("GET", stored, "If-None-Match", "\"x\"", "If-Modified-Since", AFTER))
        .isEqualTo(Outcome.PROCEED);
    assertThat(evaluate("GET", stored, "If-Match", "\"x\"")).isEqualTo(Outcome.PRECONDITION_FAILED);
  }

  /// RFC 9111 §4.3.2: `Date` stands in for a missing `Last-Modified`.
  @Test
  void dateStandsInForTheModification() {
    ResponseHead stored = new ResponseHead(200, HttpFields.of("Date", MODIFIED));
    assertThat(evaluate("GET", stored, "If-Modified-Since", AFTER)).isEqualTo(Outcome.NOT_MODIFIED);
    assertThat(evaluate("GET", stored, "If-Modified-Since", BEFORE)).isEqualTo(Outcome.PROCEED);
    assertThat(evaluate("GET", stored, "If-Unmodified-Since", BEFORE)).isEqualTo(Outcome.PROCEED);
  }

  @Test
  void equivalentDatesAreEqual() {
    assertThat(evaluate("GET", STORED, "If-Modified-Since", "Monday, 01-Jan-24 12:00:00 GMT"))
        .isEqualTo(Outcome.NOT_MODIFIED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "yesterday", "2024-01-02"})
  void anInvalidDateIsNoCondition(String date) {
    assertThat(evaluate("GET", STORED, "If-Modified-Since", date)).isEqualTo(Outcome.PROCEED);
    assertThat(evaluate("GET", STORED, "If-Unmodified-Since", date)).isEqualTo(Outcome.PROCEED);
  }

  /// §13.2.1.
  @ParameterizedTest
  @ValueSource(ints = {301, 404, 500})
  void conditionsDoNotApplyToOtherThanSuccess(int status) {
    ResponseHead stored = new ResponseHead(status, STORED.fields());
    assertThat(evaluate("GET", stored, "If-None-Match", "\"x\"", "If-Match", "\"y\""))
        .isEqualTo(Outcome.PROCEED);
  }

  @Test
  void methodsThatChangeThingsFailInsteadOfNotModified() {
    assertThat(evaluate("PUT", STORED, "If-None-Match", "*"))
        .isEqualTo(Outcome.PRECONDITION_FAILED);
    assertThat(evaluate("PUT", STORED, "If-Modified-Since", AFTER)).isEqualTo(Outcome.PROCEED);
  }

  /// §13.1.5.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"x\"                         | PROCEED",
        "W/\"x\"                       | PROCEED_WITHOUT_RANGE",
        "\"y\"                         | PROCEED_WITHOUT_RANGE",
        "Mon, 01 Jan 2024 12:00:00 GMT | PROCEED",
        "Tue, 02 Jan 2024 12:00:00 GMT | PROCEED_WITHOUT_RANGE",
        "Sun, 31 Dec 2023 12:00:00 GMT | PROCEED_WITHOUT_RANGE",
        "junk                          | PROCEED_WITHOUT_RANGE",
      })
  void aRangeAppliesOnlyWhenIfRangeHolds(String ifRange, Outcome outcome) {
    assertThat(evaluate("GET", STORED, "Range", "bytes=0-1", "If-Range", ifRange))
        .isEqualTo(outcome);
    assertThat(evaluate("GET", STORED, "If-Range", ifRange)).isEqualTo(Outcome.PROCEED);
  }

  /// §8.8.2.2.
  @Test
  void aDateOfTheSameSecondIsAWeakValidator() {
    ResponseHead stored =
        new ResponseHead(200, HttpFields.of("Last-Modified", MODIFIED, "Date", MODIFIED));
    assertThat(evaluate("GET", stored, "Range", "bytes=0-1", "If-Range", MODIFIED))
        .isEqualTo(Outcome.PROCEED_WITHOUT_RANGE);
  }

  /// §15.4.5.
  @Test
  void a304DoesNotDescribeContent() {
    HttpFields kept =
        HttpFields.of(
            "Cache-Control", "max-age=9",
            "Content-Location", "/x",
            "Date", DATE,
            "ETag", "\"x\"",
            "Expires", AFTER,
            "Vary", "Accept",
            "Age", "3",
            "X", "1");
    HttpFields all =
        kept.with("Content-Type", "text/html")
            .with("Content-Length", "5")
            .with("Content-Encoding", "gzip")
            .with("Last-Modified", MODIFIED);
    assertThat(Preconditions.notModified(new ResponseHead(200, all)))
        .isEqualTo(new ResponseHead(304, kept));
    ResponseHead untagged = new ResponseHead(200, all.without("ETag"));
    assertThat(Preconditions.notModified(untagged).fields().first("Last-Modified"))
        .contains(MODIFIED);
  }
}
