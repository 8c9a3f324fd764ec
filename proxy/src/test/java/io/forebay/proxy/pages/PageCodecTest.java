package io.forebay.proxy.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.cache.tier.TierCodec;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.Freshness;
import io.forebay.http.caching.FreshnessSource;
import io.forebay.http.caching.StaleSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageCodecTest {

  private final TestingTimeSource time = new TestingTimeSource();
  private final PageCodec codec = new PageCodec(time);

  private Page.Stored page() {
    return new Page.Stored(
        new ResponseHead(
            203,
            HttpFields.of("Content-Type", "text/html", "X-Latin", "ü", "X-Other", "ключ", "E", "")),
        "accept-encoding=gzip",
        new Freshness(
            Duration.ofMinutes(10),
            FreshnessSource.S_MAXAGE,
            Duration.ofSeconds(1),
            StaleSource.RESPONSE,
            Duration.ofSeconds(2),
            StaleSource.POLICY_MAXIMUM,
            Duration.ofSeconds(3),
            true,
            false),
        Duration.ofSeconds(5),
        time.nanoTime(),
        17,
        HttpFields.of("Trailer-Field", "t"),
        "körper".getBytes(StandardCharsets.UTF_8));
  }

  private Page decoded(TierCodec.Encoded encoded, Duration age) {
    return codec.decode(encoded.type(), encoded.bytes(), age).orElseThrow();
  }

  @Test
  void aPageComesBackWholeAndItsAgeGoesOn() {
    Page.Stored page = page();
    time.advance(Duration.ofSeconds(7)); // in this node's memory
    TierCodec.Encoded encoded = codec.encode(page);
    time.advance(Duration.ofSeconds(100)); // what the clock does meanwhile does not matter
    Page.Stored back = (Page.Stored) decoded(encoded, Duration.ofSeconds(30)); // in the tier
    assertThat(back.head()).isEqualTo(page.head());
    assertThat(back.variantKey()).isEqualTo(page.variantKey());
    assertThat(back.freshness()).isEqualTo(page.freshness());
    assertThat(back.trailers()).isEqualTo(page.trailers());
    assertThat(back.body()).isEqualTo(page.body());
    assertThat(back.initialAge()).isEqualTo(Duration.ofSeconds(5 + 7 + 30));
    assertThat(back.receivedNanos()).isEqualTo(time.nanoTime());
    assertThat(back.loadNumber()).as("any load here is newer").isZero();
  }

  @Test
  void anIndexOfVariantsComesBack() {
    Page.VariantIndex index =
        new Page.VariantIndex(
            List.of(HttpFields.of("Vary", "Accept"), HttpFields.of("Vary", "Cookie, Accept")), 3);
    assertThat(decoded(codec.encode(index), Duration.ZERO))
        .isEqualTo(new Page.VariantIndex(index.varies(), 0));
  }

  @Test
  void whatIsCutShortOrOfANewerFormatIsNone() {
    TierCodec.Encoded encoded = codec.encode(page());
    for (int length = 0; length < encoded.bytes().length; length++) {
      byte[] cut = Arrays.copyOf(encoded.bytes(), length);
      assertThat(codec.decode(encoded.type(), cut, Duration.ZERO)).isEmpty();
    }
    assertThat(codec.decode("forebay-page/3", encoded.bytes(), Duration.ZERO)).isEmpty();
  }
}
