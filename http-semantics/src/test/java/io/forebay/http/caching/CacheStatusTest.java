package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.structured.StructuredFields;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// RFC 9211.
class CacheStatusTest {

  @Test
  void aHitSaysWhatIsLeft() {
    assertThat(CacheStatus.hit("forebay", Duration.ofSeconds(376)).fieldValue())
        .isEqualTo("forebay; hit; ttl=376");
    assertThat(CacheStatus.hit("forebay", Duration.ofSeconds(-412)).fieldValue())
        .isEqualTo("forebay; hit; ttl=-412");
  }

  @Test
  void aForwardedRequestSaysWhy() {
    CacheStatus status =
        CacheStatus.forwarded("forebay", ForwardReason.URI_MISS)
            .withForwardStatus(200)
            .withTtl(Duration.ofMinutes(1))
            .asStored()
            .asCollapsed();
    assertThat(status.fieldValue())
        .isEqualTo("forebay; fwd=uri-miss; fwd-status=200; ttl=60; stored; collapsed");
  }

  @Test
  void everythingReadsBackAsAStructuredField() {
    CacheStatus status =
        CacheStatus.forwarded("Forebay at \"edge\"", ForwardReason.STALE)
            .withKey("http://a/\"b\\")
            .withDetail("not stored: the response says private");
    String value = status.fieldValue();
    assertThat(value).contains("key=\"http://a/\\\"b\\\\\"");
    assertThat(StructuredFields.parseList(value).orElseThrow()).hasSize(1);
  }

  @Test
  void whatIsNotPrintableIsLeftOut() {
    CacheStatus status = CacheStatus.forwarded("a", ForwardReason.MISS).withKey("/caf\u00e9");
    assertThat(status.withDetail("x\r\ny").fieldValue()).isEqualTo("a; fwd=miss");
  }
}
