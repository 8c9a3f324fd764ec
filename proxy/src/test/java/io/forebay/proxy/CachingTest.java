package io.forebay.proxy;

import static io.forebay.proxy.ProxyUnderTest.cacheStatus;
import static io.forebay.proxy.ProxyUnderTest.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is stored, served, validated and dropped, seen from a client.
class CachingTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  @Test
  void theSecondRequestOfAFreshPageIsAHit() throws Exception {
    proxy.origin.page("/p", "hello", "Cache-Control", "max-age=60", "X-Own", "kept");
    HttpResponse<String> first = proxy.getStored("/p");
    assertThat(first.body()).isEqualTo("hello");
    assertThat(cacheStatus(first)).isEqualTo("forebay; fwd=uri-miss; fwd-status=200; stored");
    proxy.time.advance(seconds(7));

    HttpResponse<String> second = proxy.get("/p");
    assertThat(second.body()).isEqualTo("hello");
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.headers().firstValue("X-Own")).hasValue("kept");
    assertThat(second.headers().firstValue("Age")).hasValue("7");
    assertThat(cacheStatus(second)).isEqualTo("forebay; hit; ttl=53");
    assertThat(proxy.origin.asked("/p")).hasSize(1);
  }

  @Test
  void aStalePageIsValidatedAndServedAgain() throws Exception {
    proxy.origin.on(
        "/p",
        request -> {
          request.response().putHeader("ETag", "\"v1\"").putHeader("Cache-Control", "max-age=10");
          if ("\"v1\"".equals(request.getHeader("If-None-Match"))) {
            request.response().setStatusCode(304).end();
          } else {
            request.response().end("body one");
          }
        });
    proxy.getStored("/p");
    proxy.time.advance(seconds(11));
    HttpResponse<String> validated = proxy.get("/p");
    assertThat(validated.statusCode()).isEqualTo(200);
    assertThat(validated.body()).isEqualTo("body one");
    assertThat(cacheStatus(validated)).startsWith("forebay; fwd=stale; fwd-status=304");
    HttpResponse<String> hit = proxy.get("/p");
    assertThat(cacheStatus(hit)).isEqualTo("forebay; hit; ttl=10");
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-store",
        "private",
        "private, max-age=60",
        "no-store, max-age=60",
        "max-age=0",
      })
  void whatIsNotToBeSharedIsAskedForEachTime(String cacheControl) throws Exception {
    proxy.origin.page("/p", "mine", "Cache-Control", cacheControl);
    proxy.get("/p");
    proxy.get("/p");
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  @Test
  void anAuthorizedAnswerIsNotServedToOthers() throws Exception {
    proxy.origin.page("/p", "secret", "Cache-Control", "max-age=60");
    proxy.get("/p", "Authorization", "Bearer x");
    proxy.get("/p");
    assertThat(proxy.origin.asked("/p")).hasSize(2);
    // The second answer was to an unauthorized request and may be shared, once it is in the store.
    Awaitility.await().until(() -> proxy.pages.statistics().writes() > 0);
    assertThat(cacheStatus(proxy.get("/p"))).contains("hit");
  }

  @Test
  void variantsAreKeptApart() throws Exception {
    proxy.origin.page(
        "/p",
        request -> "in " + request.getHeader("Accept-Language"),
        "Cache-Control",
        "max-age=60",
        "Vary",
        "Accept-Language");
    assertThat(proxy.get("/p", "Accept-Language", "de").body()).isEqualTo("in de");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() == 2); // page and index
    HttpResponse<String> french = proxy.get("/p", "Accept-Language", "fr");
    assertThat(french.body()).isEqualTo("in fr");
    assertThat(cacheStatus(french)).contains("fwd=vary-miss");
    assertThat(proxy.get("/p", "Accept-Language", "de").body()).isEqualTo("in de");
    assertThat(proxy.get("/p", "Accept-Language", "fr").body()).isEqualTo("in fr");
    assertThat(proxy.origin.asked("/p")).hasSize(2);
  }

  @Test
  void anUnsafeRequestInvalidatesAllVariantsBeforeItsAnswerIsSeen() throws Exception {
    AtomicInteger version = new AtomicInteger(1);
    proxy.origin.on(
        "/p",
        request -> {
          if (request.method().name().equals("PUT")) {
            version.incrementAndGet();
            request.response().setStatusCode(204).end();
          } else {
            request
                .response()
                .putHeader("Cache-Control", "max-age=60")
                .putHeader("Vary", "Accept-Language")
                .end("v" + version);
          }
        });
    proxy.get("/p", "Accept-Language", "de");
    proxy.get("/p", "Accept-Language", "fr");
    assertThat(proxy.send("PUT", "/p", "new").statusCode()).isEqualTo(204);
    assertThat(proxy.get("/p", "Accept-Language", "de").body()).isEqualTo("v2");
    assertThat(proxy.get("/p", "Accept-Language", "fr").body()).isEqualTo("v2");
  }

  @Test
  void headIsAnsweredFromAStoredGet() throws Exception {
    proxy.origin.page("/p", "hello", "Cache-Control", "max-age=60");
    proxy.getStored("/p");
    HttpResponse<String> head = proxy.send("HEAD", "/p", "");
    assertThat(head.headers().firstValue("Content-Length")).hasValue("5");
    assertThat(head.body()).isEmpty();
    assertThat(cacheStatus(head)).contains("hit");
  }

  @Test
  void aClientsConditionIsAnsweredFromTheStore() throws Exception {
    proxy.origin.page("/p", "hello", "Cache-Control", "max-age=60", "ETag", "\"v1\"");
    proxy.getStored("/p");
    HttpResponse<String> same = proxy.get("/p", "If-None-Match", "\"v1\"");
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.headers().firstValue("ETag")).hasValue("\"v1\"");
    assertThat(proxy.get("/p", "If-None-Match", "\"v0\"").statusCode()).isEqualTo(200);
    assertThat(proxy.origin.asked("/p")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, 206, 0123, bytes 0-3/10",
    "bytes=8-, 206, 89, bytes 8-9/10",
    "bytes=-3, 206, 789, bytes 7-9/10",
    "bytes=10-, 416, '', bytes */10",
  })
  void aRangeIsCutFromTheStoredPage(String range, int status, String body, String contentRange)
      throws Exception {
    proxy.origin.page("/p", "0123456789", "Cache-Control", "max-age=60");
    proxy.getStored("/p");
    HttpResponse<String> part = proxy.get("/p", "Range", range);
    assertThat(part.statusCode()).isEqualTo(status);
    assertThat(part.body()).isEqualTo(body);
    assertThat(part.headers().firstValue("Content-Range")).hasValue(contentRange);
    assertThat(proxy.origin.asked("/p")).hasSize(1);
  }

  @Test
  void onlyIfCachedIsRefusedWithoutAskingTheOrigin() throws Exception {
    proxy.origin.page("/p", "hello", "Cache-Control", "max-age=60");
    HttpResponse<String> refused = proxy.get("/p", "Cache-Control", "only-if-cached");
    assertThat(refused.statusCode()).isEqualTo(504);
    assertThat(proxy.origin.asked("/p")).isEmpty();
    proxy.getStored("/p");
    assertThat(proxy.get("/p", "Cache-Control", "only-if-cached").body()).isEqualTo("hello");
  }

  @Test
  void aPageInItsWindowIsServedStaleWhileItIsRefreshed() throws Exception {
    AtomicInteger version = new AtomicInteger();
    proxy.origin.page(
        "/p",
        request -> "v" + version.incrementAndGet(),
        "Cache-Control",
        "max-age=10, stale-while-revalidate=30");
    assertThat(proxy.getStored("/p").body()).isEqualTo("v1");
    proxy.time.advance(seconds(15));
    HttpResponse<String> stale = proxy.get("/p");
    assertThat(stale.body()).isEqualTo("v1");
    assertThat(cacheStatus(stale)).isEqualTo("forebay; hit; ttl=-5");
    Awaitility.await().until(() -> proxy.pages.statistics().writes() == 2);
    assertThat(proxy.get("/p").body()).isEqualTo("v2");
  }

  @Test
  void aBodyLargerThanWhatIsStoredPassesThrough() throws Exception {
    String large = "x".repeat(ProxyUnderTest.MAX_STORED_BODY_BYTES + 1);
    proxy.origin.page("/sized", large, "Cache-Control", "max-age=60");
    proxy.origin.on(
        "/chunked",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "max-age=60");
          request.response().write(large.substring(1));
          request.response().end("yy");
        });
    assertThat(proxy.get("/sized").body()).hasSize(large.length());
    assertThat(proxy.get("/chunked").body()).hasSize(large.length() + 1);
    assertThat(cacheStatus(proxy.get("/sized"))).doesNotContain("hit");
    assertThat(cacheStatus(proxy.get("/chunked"))).doesNotContain("hit");
  }

  @Test
  void fieldsOfOneConnectionAreNotPassedOn() throws Exception {
    proxy.origin.page(
        "/p",
        "hello",
        "Cache-Control",
        "max-age=60",
        "Connection",
        "X-Hop",
        "X-Hop",
        "1",
        "Keep-Alive",
        "timeout=5");
    HttpResponse<String> response = proxy.get("/p");
    assertThat(response.headers().map()).doesNotContainKeys("x-hop", "keep-alive");
    assertThat(proxy.origin.asked("/p").getFirst().fields())
        .containsEntry("Via", "1.1 forebay")
        .containsKey("X-Forwarded-For");
  }

  @Test
  void everyExchangeIsRecordedWithItsReason() throws Exception {
    proxy.origin.page("/p", "hello", "Cache-Control", "no-store");
    proxy.get("/p?q=1");
    Awaitility.await().until(() -> !proxy.records.isEmpty());
    ExchangeRecord exchange = proxy.records.getFirst();
    assertThat(exchange.method()).isEqualTo("GET");
    assertThat(exchange.target()).isEqualTo("/p?q=1");
    assertThat(exchange.status()).isEqualTo(200);
    assertThat(exchange.bodyBytes()).isEqualTo(5);
    assertThat(exchange.reason()).contains("no-store");
    assertThat(exchange.cutOff()).isFalse();
  }
}
