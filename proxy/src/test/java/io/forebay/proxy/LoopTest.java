package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests that come back (RFC 9110 §7.6.3, RFC 8586, RFC 9209 §2.3.23).
class LoopTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ProxyUnderTest();
    proxy.origin.page("/p", "page", "Cache-Control", "max-age=60");
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  @Test
  void aRequestThatThisInstanceHasForwardedIsRefused() throws Exception {
    proxy.get("/p", "CDN-Loop", "elsewhere");
    String passed =
        Objects.requireNonNull(proxy.origin.asked("/p").getFirst().fields().get("CDN-Loop"));
    assertThat(passed).startsWith("elsewhere, forebay; id=");
    HttpResponse<String> again = proxy.get("/p", "CDN-Loop", passed);
    assertThat(again.statusCode()).isEqualTo(502);
    assertThat(again.headers().firstValue("Proxy-Status"))
        .hasValue("forebay; error=proxy_loop_detected");
    Awaitility.await()
        .until(() -> proxy.records.stream().anyMatch(record -> record.error().isPresent()));
  }

  @Test
  void cachesOfTheSameNameMayStandInARow() throws Exception {
    HttpResponse<String> behindAnother =
        proxy.get("/p", "Via", "1.1 forebay", "CDN-Loop", "forebay; id=another");
    assertThat(behindAnother.body()).isEqualTo("page");
    assertThat(proxy.origin.asked("/p").getFirst().fields().get("Via"))
        .isEqualTo("1.1 forebay, 1.1 forebay");
  }

  @Test
  void tooManyOfTheSameNameAreALoop() throws Exception {
    String via = "1.1 forebay, ".repeat(7) + "1.1 forebay";
    assertThat(proxy.get("/p", "Via", via).statusCode()).isEqualTo(502);
    assertThat(proxy.origin.asked("/p")).isEmpty();
  }
}
