package io.forebay.server.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.api.ApiResponse;
import io.forebay.server.caches.CacheRegistry.DeleteOutcome;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CacheDeletionAnswersTest {

  @Test
  void theAnswersAreThoseOfAnInvalidation() {
    assertThat(CacheEndpoints.answer("c", new DeleteOutcome.Deleted()).status()).isEqualTo(204);
    assertThat(CacheEndpoints.answer("c", new DeleteOutcome.Pending()).status()).isEqualTo(202);
    ApiResponse notKept = CacheEndpoints.answer("c", new DeleteOutcome.NotKept("the disk is full"));
    assertThat(notKept.status()).isEqualTo(503);
    assertThat(new String(notKept.body(), StandardCharsets.UTF_8))
        .contains("urn:forebay:problem:invalidation-not-kept", "but the disk is full. Delete");
  }
}
