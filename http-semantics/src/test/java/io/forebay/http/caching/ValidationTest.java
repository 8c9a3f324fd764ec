package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9111 §4.3 and §3.2.
class ValidationTest {

  private static final String MODIFIED = "Mon, 01 Jan 2024 12:00:00 GMT";
  private static final String MODIFIED_LATER = "Tue, 02 Jan 2024 12:00:00 GMT";

  private static RequestHead get(String... fields) {
    return new RequestHead("GET", "http", "example.com", "/", HttpFields.of(fields));
  }

  private static ResponseHead notModified(String... fields) {
    return new ResponseHead(304, HttpFields.of(fields));
  }

  /// §4.3.1.
  @Test
  void bothValidatorsOfTheSelectedResponseAreSent() {
    TestingCandidate stored =
        TestingCandidate.of("ETag", "W/\"caf\u00e9\"", "Last-Modified", MODIFIED);
    assertThat(Validation.conditionalRequest(get("A", "1"), List.of(stored)).fields())
        .isEqualTo(
            HttpFields.of(
                "A", "1", "If-None-Match", "W/\"caf\u00e9\"", "If-Modified-Since", MODIFIED));
  }

  @Test
  void theClientsOwnConditionsAndRangeAreDropped() {
    RequestHead request =
        get(
            "If-Match", "\"a\"",
            "If-None-Match", "\"b\"",
            "if-modified-since", MODIFIED,
            "If-Unmodified-Since", MODIFIED,
            "If-Range", "\"c\"",
            "Range", "bytes=0-1",
            "Accept", "*/*");
    assertThat(Validation.withoutConditions(request).fields())
        .isEqualTo(HttpFields.of("Accept", "*/*"));
    assertThat(Validation.conditionalRequest(request, List.of(TestingCandidate.of())).fields())
        .isEqualTo(HttpFields.of("Accept", "*/*"));
  }

  @Test
  void entityTagsOfOtherVariantsAreSentButNotTheirDates() {
    TestingCandidate german =
        TestingCandidate.varying(
            HttpFields.of("Accept-Language", "de"),
            "Vary",
            "Accept-Language",
            "ETag",
            "\"de\"",
            "Last-Modified",
            MODIFIED);
    TestingCandidate english =
        TestingCandidate.varying(
            HttpFields.of("Accept-Language", "en"), "Vary", "Accept-Language", "ETag", "\"en\"");
    HttpFields french =
        Validation.conditionalRequest(get("Accept-Language", "fr"), List.of(german, english))
            .fields();
    assertThat(french.first("If-None-Match")).contains("\"de\", \"en\"");
    assertThat(french.contains("If-Modified-Since")).isFalse();
  }

  @Test
  void whatIsNoValidatorIsNotSent() {
    TestingCandidate odd = TestingCandidate.of("ETag", "unquoted", "Last-Modified", "yesterday");
    assertThat(Validation.hasValidator(odd.response())).isFalse();
    assertThat(Validation.conditionalRequest(get(), List.of(odd)).fields()).isEmpty();
  }

  /// §4.3.4.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"1\"       | \"1\"   | true",
        "\"1\"       | \"2\"   | false",
        "\"1\"       | W/\"1\" | true",
        "W/\"1\"     | W/\"1\" | true",
        "W/\"1\"     | \"1\"   | false",
        "W/\"1\"     | W/\"2\" | false",
      })
  void anEntityTagConfirmsItsResponse(String stored, String told, boolean confirmed) {
    List<TestingCandidate> candidates = List.of(TestingCandidate.of("ETag", stored));
    assertThat(Validation.confirmedBy(notModified("ETag", told), candidates))
        .isEqualTo(confirmed ? candidates : List.of());
  }

  @Test
  void aStrongTagConfirmsAllThatHaveItAndAWeakOneTheMostRecent() {
    TestingCandidate old =
        TestingCandidate.of("ETag", "\"1\"", "Date", "Mon, 01 Jun 2026 10:00:00 GMT");
    TestingCandidate recent =
        TestingCandidate.of("ETag", "\"1\"", "Date", "Mon, 01 Jun 2026 11:00:00 GMT");
    TestingCandidate other = TestingCandidate.of("ETag", "\"2\"");
    List<TestingCandidate> all = List.of(old, recent, other);
    assertThat(Validation.confirmedBy(notModified("ETag", "\"1\""), all))
        .containsExactly(old, recent);
    assertThat(Validation.confirmedBy(notModified("ETag", "W/\"1\""), all)).containsExactly(recent);
  }

  @Test
  void aDateConfirmsTheMostRecentResponseOfThatDate() {
    TestingCandidate old =
        TestingCandidate.of("Last-Modified", MODIFIED, "Date", "Mon, 01 Jun 2026 10:00:00 GMT");
    TestingCandidate recent =
        TestingCandidate.of("Last-Modified", MODIFIED, "Date", "Mon, 01 Jun 2026 11:00:00 GMT");
    List<TestingCandidate> both = List.of(old, recent);
    assertThat(Validation.confirmedBy(notModified("Last-Modified", MODIFIED), both))
        .containsExactly(recent);
    assertThat(Validation.confirmedBy(notModified("Last-Modified", MODIFIED_LATER), both))
        .isEmpty();
  }

  @Test
  void withoutAValidatorOnlyASingleResponseIsConfirmed() {
    TestingCandidate one = TestingCandidate.of("ETag", "\"1\"");
    assertThat(Validation.confirmedBy(notModified(), List.of(one))).containsExactly(one);
    assertThat(Validation.confirmedBy(notModified(), List.of(one, one))).isEmpty();
    assertThat(Validation.confirmedBy(notModified(), List.of())).isEmpty();
  }

  /// §3.2.
  @Test
  void fieldsOfThe304ReplaceTheStoredOnes() {
    ResponseHead stored =
        new ResponseHead(
            200,
            HttpFields.of(
                "Cache-Control", "max-age=1",
                "A", "1",
                "a", "2",
                "Content-Length", "36",
                "Content-Encoding", "gzip",
                "Content-Type", "text/plain",
                "Kept", "yes"));
    ResponseHead news =
        notModified(
            "a", "3",
            "Cache-Control", "max-age=9",
            "Content-Length", "10",
            "Content-Encoding", "br",
            "Content-Range", "bytes 0-1/2",
            "Content-Type", "text/html",
            "Connection", "hop",
            "Hop", "1",
            "Transfer-Encoding", "chunked",
            "Age", "5",
            "New", "x",
            "A", "4");
    assertThat(Validation.freshened(stored, news))
        .isEqualTo(
            new ResponseHead(
                200,
                HttpFields.of(
                    "Cache-Control", "max-age=9",
                    "a", "3",
                    "A", "4",
                    "Content-Length", "36",
                    "Content-Encoding", "gzip",
                    "Content-Type", "text/html",
                    "Kept", "yes",
                    "New", "x")));
  }

  /// §4.3.5, of a body of 36 bytes. Beside the RFC: without a validator nothing is confirmed.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "X              | 1       | SAYS_NOTHING",
        "ETag           | \"1\"   | CONFIRMS",
        "ETag           | \"2\"   | CONTRADICTS",
        "ETag           | W/\"1\" | CONTRADICTS",
        "Content-Length | 36      | SAYS_NOTHING",
        "Content-Length | 37      | CONTRADICTS",
        "Content-Length | x       | CONTRADICTS",
        "Last-Modified  | Mon, 01 Jan 2024 12:00:00 GMT | CONFIRMS",
        "Last-Modified  | Tue, 02 Jan 2024 12:00:00 GMT | CONTRADICTS",
      })
  void aHeadResponseConfirmsByAValidatorAlone(String name, String value, HeadFinding finding) {
    ResponseHead stored =
        new ResponseHead(200, HttpFields.of("ETag", "\"1\"", "Last-Modified", MODIFIED));
    ResponseHead head = new ResponseHead(200, HttpFields.of(name, value, "B", "2"));
    assertThat(Validation.byHead(stored, OptionalLong.of(36), head)).isEqualTo(finding);
  }

  @Test
  void whatTheHeadResponseTellsBesideAValidatorMustAgreeToo() {
    ResponseHead stored =
        new ResponseHead(200, HttpFields.of("ETag", "\"1\"", "Last-Modified", MODIFIED));
    ResponseHead longer =
        new ResponseHead(200, HttpFields.of("ETag", "\"1\"", "Content-Length", "37"));
    ResponseHead later =
        new ResponseHead(200, HttpFields.of("ETag", "\"1\"", "Last-Modified", MODIFIED_LATER));
    for (ResponseHead head : List.of(longer, later)) {
      assertThat(Validation.byHead(stored, OptionalLong.of(36), head))
          .isEqualTo(HeadFinding.CONTRADICTS);
    }
    assertThat(Validation.byHead(stored, OptionalLong.empty(), longer))
        .as("a part of which nobody knows how long the whole is")
        .isEqualTo(HeadFinding.CONFIRMS);
  }

  @Test
  void aValidatorThatIsNotStoredContradictsAndOneThatIsNoneConfirmsNothing() {
    ResponseHead bare = new ResponseHead(200, HttpFields.none());
    ResponseHead odd = new ResponseHead(200, HttpFields.of("ETag", "1", "Last-Modified", "0"));
    ResponseHead tagged = new ResponseHead(200, HttpFields.of("ETag", "\"1\""));
    assertThat(Validation.byHead(bare, OptionalLong.of(36), tagged))
        .isEqualTo(HeadFinding.CONTRADICTS);
    assertThat(Validation.byHead(odd, OptionalLong.of(36), odd))
        .isEqualTo(HeadFinding.SAYS_NOTHING);
  }

  /// Of the length that was stored without one (chunks) the body itself tells.
  @Test
  void theLengthIsComparedWithTheBodysAndNotWithAField() {
    ResponseHead stored = new ResponseHead(200, HttpFields.none());
    ResponseHead head = new ResponseHead(200, HttpFields.of("Content-Length", "36"));
    assertThat(Validation.byHead(stored, OptionalLong.of(36), head))
        .isEqualTo(HeadFinding.SAYS_NOTHING);
    assertThat(Validation.byHead(stored, OptionalLong.of(35), head))
        .isEqualTo(HeadFinding.CONTRADICTS);
  }

  /// Of an origin that codes GET only: its answer to HEAD is another representation's.
  @Test
  void anotherContentCodingSaysNothing() {
    ResponseHead stored =
        new ResponseHead(200, HttpFields.of("Content-Encoding", "gzip", "ETag", "\"1-gzip\""));
    ResponseHead plain =
        new ResponseHead(200, HttpFields.of("ETag", "\"1\"", "Content-Length", "99"));
    ResponseHead coded =
        new ResponseHead(
            200,
            HttpFields.of(
                "Content-Encoding", "GZIP", "ETag", "\"1-gzip\"", "Content-Length", "36"));
    assertThat(Validation.byHead(stored, OptionalLong.of(36), plain))
        .isEqualTo(HeadFinding.SAYS_NOTHING);
    assertThat(Validation.byHead(stored, OptionalLong.of(36), coded))
        .isEqualTo(HeadFinding.CONFIRMS);
  }

  @Test
  void anErrorThatIsStoredIsOutOfDateWhenHeadFindsNone() {
    HttpFields fields = HttpFields.of("ETag", "\"1\"");
    assertThat(
            Validation.byHead(
                new ResponseHead(404, fields), OptionalLong.of(36), new ResponseHead(200, fields)))
        .isEqualTo(HeadFinding.CONTRADICTS);
  }
}
