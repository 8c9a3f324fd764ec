package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
  void viaShowsALoop() {
    HttpFields fields = HttpFields.of("Via", "1.0 fred, HTTP/1.1 forebay-a (Forebay)");
    assertThat(ConnectionFields.hasPassed(fields, "FOREBAY-A")).isTrue();
    assertThat(ConnectionFields.hasPassed(fields, "forebay")).isFalse();
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
