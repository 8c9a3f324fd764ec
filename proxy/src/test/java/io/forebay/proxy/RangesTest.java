package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Ranges from what is stored whole or in part (RFC 9110 §14, RFC 9111 §3.3, §3.4).
class RangesTest {

  private static final String WHOLE = "0123456789";

  private final AtomicReference<String> entityTag = new AtomicReference<>("\"v1\"");
  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
    proxy.origin.on("/p", this::serve);
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  /// An origin that knows single ranges of the form `bytes=a-b`.
  private void serve(HttpServerRequest request) {
    request
        .response()
        .putHeader("Cache-Control", "max-age=60")
        .putHeader("ETag", entityTag.get())
        .putHeader("Content-Type", "text/plain");
    String range = request.getHeader("Range");
    if (entityTag.get().equals(request.getHeader("If-None-Match"))) {
      request.response().setStatusCode(304).end();
    } else if (range == null) {
      request.response().end(WHOLE);
    } else {
      int dash = range.indexOf('-');
      int from = Integer.parseInt(range.substring("bytes=".length(), dash));
      int to = Integer.parseInt(range.substring(dash + 1));
      request
          .response()
          .setStatusCode(206)
          .putHeader("Content-Range", "bytes " + from + "-" + to + "/10")
          .end(WHOLE.substring(from, to + 1));
    }
  }

  private int asked() {
    return proxy.origin.asked("/p").size();
  }

  private HttpResponse<String> fetchPart(String range) throws Exception {
    long before = proxy.pages.statistics().writes();
    HttpResponse<String> part = proxy.get("/p", "Range", range);
    assertThat(part.statusCode()).isEqualTo(206);
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > before);
    return part;
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=2-7, 234567, bytes 2-7/10",
    "bytes=3-4, 34, bytes 3-4/10",
    "bytes=7-7, 7, bytes 7-7/10",
  })
  void aStoredPartAnswersWhatItHolds(String range, String body, String contentRange)
      throws Exception {
    assertThat(fetchPart("bytes=2-7").body()).isEqualTo("234567");
    HttpResponse<String> part = proxy.get("/p", "Range", range);
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(body);
    assertThat(part.headers().firstValue("Content-Range")).hasValue(contentRange);
    assertThat(cacheStatus(part)).contains("hit");
    assertThat(asked()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"bytes=1-3, 206, 123", "bytes=7-8, 206, 78"})
  void whatAStoredPartDoesNotHoldIsAskedFor(String range, int status, String body)
      throws Exception {
    fetchPart("bytes=2-7");
    HttpResponse<String> answer = proxy.get("/p", "Range", range);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(cacheStatus(answer)).contains("fwd=partial");
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void aPartNeverAnswersARequestForTheWhole() throws Exception {
    fetchPart("bytes=0-8");
    HttpResponse<String> whole = proxy.get("/p");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(WHOLE);
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void partsThatMakeTheWholeBecomeIt() throws Exception {
    fetchPart("bytes=5-9");
    fetchPart("bytes=0-2");
    fetchPart("bytes=3-6"); // touches 0-2 only, since one part is kept
    HttpResponse<String> six = proxy.get("/p", "Range", "bytes=0-6");
    assertThat(six.body()).isEqualTo("0123456");
    fetchPart("bytes=6-9");
    HttpResponse<String> whole = proxy.get("/p");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(WHOLE);
    assertThat(whole.headers().firstValue("Content-Range")).isEmpty();
    assertThat(whole.headers().firstValue("Content-Length")).hasValue("10");
    assertThat(cacheStatus(whole)).contains("hit");
    assertThat(asked()).isEqualTo(4);
  }

  @Test
  void partsOfDifferentRepresentationsAreNotMixed() throws Exception {
    fetchPart("bytes=0-4");
    entityTag.set("\"v2\"");
    fetchPart("bytes=5-9");
    assertThat(cacheStatus(proxy.get("/p", "Range", "bytes=4-5"))).contains("fwd=partial");
  }

  @Test
  void aStalePartIsValidatedAndServedAgain() throws Exception {
    fetchPart("bytes=2-7");
    proxy.time.advance(seconds(61));
    HttpResponse<String> part = proxy.get("/p", "Range", "bytes=3-4");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("34");
    assertThat(cacheStatus(part)).contains("fwd-status=304");
    assertThat(cacheStatus(proxy.get("/p", "Range", "bytes=3-4"))).contains("hit");
  }

  @Test
  void aPartGoesWithItsUrlWhenThatIsInvalidated() throws Exception {
    fetchPart("bytes=2-7");
    proxy.send("POST", "/p", "");
    assertThat(cacheStatus(proxy.get("/p", "Range", "bytes=3-4"))).doesNotContain("hit");
  }

  @Test
  void aPartThatIsNotWhatItSaysIsNotStored() throws Exception {
    proxy.origin.on(
        "/p",
        request ->
            request
                .response()
                .setStatusCode(206)
                .putHeader("Cache-Control", "max-age=60")
                .putHeader("Content-Range", "bytes 4-9/10")
                .end("01234"));
    proxy.get("/p", "Range", "bytes=-5");
    proxy.get("/p", "Range", "bytes=-5");
    assertThat(asked()).isEqualTo(2);
  }

  /// RFC 9110 §14.6: in the order asked for; what lies outside is left out.
  @Test
  void severalRangesComeAsMultipart() throws Exception {
    proxy.get("/p");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    HttpResponse<String> answer = proxy.get("/p", "Range", "bytes=8-, 0-1, 20-30");
    assertThat(answer.statusCode()).isEqualTo(206);
    String type = answer.headers().firstValue("Content-Type").orElseThrow();
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    String boundary = type.substring(type.indexOf('=') + 1);
    String part = "\r\n--" + boundary + "\r\nContent-Type: text/plain\r\nContent-Range: bytes ";
    assertThat(answer.body())
        .isEqualTo(
            part + "8-9/10\r\n\r\n89" + part + "0-1/10\r\n\r\n01" + "\r\n--" + boundary + "--\r\n");
    assertThat(answer.headers().firstValue("Content-Range")).isEmpty();
    assertThat(asked()).isEqualTo(1);
  }

  /// RFC 9110 §13.1.5.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "\"v1\", 206, 01",
        "\"v0\", 200, 0123456789",
        "W/\"v1\", 200, 0123456789",
        "'Sun, 01 Mar 2020 00:00:00 GMT', 200, 0123456789",
      })
  void ifRangeDecidesBetweenPartAndWhole(String ifRange, int status, String body) throws Exception {
    proxy.get("/p");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    HttpResponse<String> answer = proxy.get("/p", "Range", "bytes=0-1", "If-Range", ifRange);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(asked()).isEqualTo(1);
  }

  @Test
  void aPartDoesNotAnswerWhenIfRangeAsksForTheWhole() throws Exception {
    fetchPart("bytes=0-4");
    proxy.get("/p", "Range", "bytes=0-1", "If-Range", "\"v0\"");
    assertThat(asked()).isEqualTo(2);
  }
}
