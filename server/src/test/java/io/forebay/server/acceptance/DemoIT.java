package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DemoIT {

  @Test
  void hitsTagsAndExpiryAreSeenWithinTenSecondsOfBeingReady() throws Exception {
    try (ForebayProcess demo = ForebayProcess.start("demo")) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() ->
              assertThat(demo.output())
                  .containsPattern("[1-9]\\d* hits")
                  .containsPattern("tag \\S+ covers [1-9]\\d* stored pages")
                  .contains("expired: ")
                  .contains("http://127.0.0.1:" + demo.proxy)
                  .contains("http://127.0.0.1:" + demo.api));
      assertThat(demo.stop()).isZero();
    }
  }
}
