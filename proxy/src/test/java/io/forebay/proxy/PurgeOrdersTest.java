package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import java.net.http.HttpResponse;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Orders to purge go to whoever carries them out, before any route is looked for.
class PurgeOrdersTest {

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
  void anOrderIsAnsweredByWhoCarriesItOutAndReachesNoOrigin() throws Exception {
    for (String method : List.of("PURGE", "BAN")) {
      HttpResponse<String> answer = proxy.send(method, "/p", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"from\":\"127.0.0.1\"}");
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
    assertThat(proxy.purges.orders).extracting(RequestHead::method).containsExactly("PURGE", "BAN");
    assertThat(proxy.origin.asked("/p")).isEmpty();
    Awaitility.await().until(() -> proxy.records.size() == 2);
    assertThat(proxy.records)
        .allSatisfy(record -> {
          assertThat(record.reason()).isEqualTo("taken");
          assertThat(record.cacheStatus()).isEmpty();
        });
  }

  @Test
  void methodsHaveACase() throws Exception {
    proxy.send("purge", "/p", "");
    assertThat(proxy.purges.orders).isEmpty();
    assertThat(proxy.origin.asked("/p")).hasSize(1);
  }

  @Test
  void whatIsMalformedIsNoOrder() throws Exception {
    try (RawClient client = new RawClient(proxy.port)) {
      client.send("PURGE /p HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ");
    }
    assertThat(proxy.purges.orders).isEmpty();
  }

  @Test
  void anExplanationSaysThatItIsAnOrder() {
    Explanation explained =
        proxy.proxy.explain(
            new RequestHead("PURGE", "http", "a", "/p", HttpFields.of("Host", "a")));
    assertThat(explained.decision().action()).isEqualTo(Explanation.Action.PURGE);
    assertThat(proxy.purges.orders).isEmpty();
  }
}
