package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9110 §7.6.
class ConnectionFieldsTest {

  @Test
  void fieldsOfOneConnectionAreRemoved() {
    HttpFields fields =
        HttpFields.of(
            "Connection", "close",
            "Keep-Alive", "timeout=5",
            "Proxy-Connection", "keep-alive",
            "TE", "trailers",
            "Transfer-Encoding", "chunked",
            "Upgrade", "websocket",
            "Trailer", "Expires",
            "X", "1");
    assertThat(ConnectionFields.removed(fields))
        .isEqualTo(HttpFields.of("Trailer", "Expires", "X", "1"));
  }

  @Test
  void nominatedFieldsAreRemovedWhateverTheirCase() {
    HttpFields fields =
        HttpFields.of(
            "Connection", "a, B", "connection", "c", "A", "1", "b", "2", "C", "3", "d", "4");
    assertThat(ConnectionFields.removed(fields)).isEqualTo(HttpFields.of("d", "4"));
  }

  @Test
  void aNominationCannotStripWhatEveryRecipientNeeds() {
    HttpFields fields =
        HttpFields.of(
            "Connection", "cache-control, Vary, x-forwarded-for, authorization, junk junk",
            "Cache-Control", "private",
            "Vary", "Cookie",
            "X-Forwarded-For", "192.0.2.1",
            "Authorization", "secret");
    assertThat(ConnectionFields.removed(fields)).isEqualTo(fields.without("Connection"));
  }

  @Test
  void viaIsAppended() {
    HttpFields once = ConnectionFields.withVia(HttpFields.none(), "1.1", "forebay");
    assertThat(ConnectionFields.withVia(once, "2", "edge").combined("Via"))
        .contains("1.1 forebay, 2 edge");
  }

  @Test
  void viaShowsHowOftenANameWasPassed() {
    HttpFields fields =
        HttpFields.of("Via", "1.0 fred, HTTP/1.1 forebay-a (Forebay)", "Via", "1.1 Forebay-A");
    assertThat(ConnectionFields.timesPassed(fields, "FOREBAY-A")).isEqualTo(2);
    assertThat(ConnectionFields.timesPassed(fields, "forebay")).isZero();
  }

  @Test
  void aLoopIsSeenByTheInstanceNotByTheName() {
    HttpFields fields = CdnLoop.with(HttpFields.of("CDN-Loop", "other; id=a1"), "forebay", "a1");
    assertThat(fields.all("CDN-Loop")).containsExactly("other; id=a1", "forebay; id=a1");
    assertThat(CdnLoop.names(fields, "forebay", "a1")).isTrue();
    assertThat(CdnLoop.names(fields, "forebay", "b2")).as("an edge before a shield").isFalse();
    assertThat(CdnLoop.names(HttpFields.of("CDN-Loop", "other; id=b2"), "forebay", "b2")).isFalse();
    assertThat(CdnLoop.names(HttpFields.of("CDN-Loop", "x, Forebay ;v=1; id=b2"), "forebay", "b2"))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trailers | true",
        "gzip;q=0.5, Trailers | true",
        "trailers;q=1 | true",
        "gzip | false",
        "'' | false"
      })
  void trailersAreWantedOnlyByWhoSaysSo(String te, boolean wanted) {
    assertThat(ConnectionFields.wantsTrailers(HttpFields.of("TE", te))).isEqualTo(wanted);
  }

  /// RFC 9110 §6.5.1.
  @Test
  void whatARecipientNeedsBeforeTheContentIsNoTrailer() {
    HttpFields head = HttpFields.of("Connection", "X-Hop");
    HttpFields trailers =
        HttpFields.of(
            "Content-Digest", "sha-256=:x:",
            "Transfer-Encoding", "chunked",
            "Content-Length", "5",
            "Host", "evil",
            "Set-Cookie", "a=b",
            "Cache-Control", "max-age=9",
            "Authorization", "x",
            "Vary", "*",
            "X-Hop", "1",
            "Connection", "close",
            "Trailer", "x",
            "X-Sum", "1");
    assertThat(TrailerFields.forwardable(head, trailers))
        .isEqualTo(HttpFields.of("Content-Digest", "sha-256=:x:", "X-Sum", "1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chunked | false",
        "Chunked | false",
        "gzip, chunked | true",
        "chunked, gzip | true",
        "GZIP | true",
        "chunked, chunked | true",
        "foo, chunked | true",
        "foo | false"
      })
  void transferCodingsThatCannotBeTakenOffAreAFault(String coding, boolean isFault) {
    assertThat(TransferCodings.fault(HttpFields.of("Transfer-Encoding", coding)).isPresent())
        .isEqualTo(isFault);
  }

  @Test
  void someResponsesHaveNoContent() {
    assertThat(MessageContent.isAllowed("GET", 200)).isTrue();
    assertThat(MessageContent.isAllowed("HEAD", 200)).isFalse();
    assertThat(MessageContent.isAllowed("GET", 204)).isFalse();
    assertThat(MessageContent.isAllowed("GET", 304)).isFalse();
    assertThat(MessageContent.isAllowed("GET", 103)).isFalse();
    assertThat(MessageContent.isAllowed("CONNECT", 200)).isFalse();
    assertThat(MessageContent.isAllowed("CONNECT", 404)).isTrue();
  }
}
