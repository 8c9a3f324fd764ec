package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests on connections that an origin has given up, or left garbage on (RFC 9112 §9.3.1, §9.5).
class ReusedConnectionTest {

  private static final String GOOD =
      "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 4\r\n\r\ngood";

  private static ProxyUnderTest before(RawOrigin origin) throws Exception {
    return new ProxyUnderTest(
        CachePolicy.defaults(),
        new OriginTimeouts(seconds(5), seconds(5), seconds(5)),
        origin.address());
  }

  @Test
  void aSafeRequestThatMeetsAClosingConnectionIsSentOnAFreshOne() throws Exception {
    // Closes when asked a second time on the same connection, as an idle timeout might.
    try (RawOrigin origin = new RawOrigin((_, nth) -> nth == 0 ? GOOD : RawOrigin.CLOSE);
        ProxyUnderTest proxy = before(origin)) {
      for (int i = 0; i < 5; i++) {
        assertThat(proxy.get("/p").statusCode()).isEqualTo(200);
      }
      assertThat(origin.asked()).hasSizeBetween(5, 9);
    }
  }

  @Test
  void aFailureOnAFreshConnectionIsTheAnswer() throws Exception {
    try (RawOrigin origin = new RawOrigin((_, _) -> RawOrigin.CLOSE);
        ProxyUnderTest proxy = before(origin)) {
      assertThat(proxy.get("/p").statusCode()).isEqualTo(502);
      assertThat(origin.asked()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"POST", "PATCH"})
  void anUnsafeRequestIsNeverSentTwice(String method) throws Exception {
    try (RawOrigin origin = new RawOrigin((_, nth) -> nth == 0 ? GOOD : RawOrigin.CLOSE);
        ProxyUnderTest proxy = before(origin)) {
      assertThat(proxy.get("/p").statusCode()).isEqualTo(200);
      assertThat(proxy.send(method, "/p", "").statusCode()).isEqualTo(502);
      assertThat(origin.asked()).filteredOn(head -> head.startsWith(method)).hasSize(1);
    }
  }

  @Test
  void bytesAfterAResponseDoNotBecomePartOfTheNext() throws Exception {
    try (RawOrigin origin = new RawOrigin((_, _) -> GOOD + " and too long");
        ProxyUnderTest proxy = before(origin)) {
      for (int i = 0; i < 3; i++) {
        var answer = proxy.get("/p");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("good");
      }
      assertThat(origin.asked()).as("none was repeated").hasSize(3);
    }
  }
}
