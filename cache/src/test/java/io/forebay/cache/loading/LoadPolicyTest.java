package io.forebay.cache.loading;

import static io.forebay.cache.loading.LoadPolicy.Use.LOAD;
import static io.forebay.cache.loading.LoadPolicy.Use.SERVE;
import static io.forebay.cache.loading.LoadPolicy.Use.SERVE_AND_REFRESH_EARLY;
import static io.forebay.cache.loading.LoadPolicy.Use.SERVE_STALE_AND_REFRESH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.forebay.cache.Lifetime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoadPolicyTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void whatIsFreshIsServedAndWhatIsStaleIsLoadedUnlessStaleMayBeServed() {
    LoadPolicy plain = LoadPolicy.DEFAULT;
    LoadPolicy lenient = plain.withStaleWhileRevalidate(Duration.ofSeconds(10));

    assertThat(plain.use(true, SECOND, 0, 0.5)).isEqualTo(SERVE);
    assertThat(plain.use(false, -1, 0, 0.5)).isEqualTo(LOAD);
    assertThat(lenient.use(false, -1, 0, 0.5)).isEqualTo(SERVE_STALE_AND_REFRESH);
    assertThat(lenient.use(false, -10 * SECOND + 1, 0, 0.5)).isEqualTo(SERVE_STALE_AND_REFRESH);
    assertThat(lenient.use(false, -10 * SECOND, 0, 0.5)).isEqualTo(LOAD);
  }

  @Test
  void whatASoftInvalidationMadeStaleIsStaleFromNowOn() {
    LoadPolicy lenient = LoadPolicy.DEFAULT.withStaleWhileRevalidate(Duration.ofSeconds(10));
    assertThat(lenient.use(false, 3_600 * SECOND, 0, 0.5)).isEqualTo(SERVE_STALE_AND_REFRESH);
    assertThat(LoadPolicy.DEFAULT.use(false, 3_600 * SECOND, 0, 0.5)).isEqualTo(LOAD);
  }

  @Test
  void earlyRefreshFollowsTheExponentialOfXFetch() {
    LoadPolicy xfetch = LoadPolicy.DEFAULT.withEarlyRefresh(1);
    // The load took 1 s; the chance at distance d from expiry is exp(−d / 1 s).
    for (double distance : new double[] {0.1, 0.5, 1, 2, 3}) {
      Random random = new Random(42);
      int early = 0;
      for (int i = 0; i < 100_000; i++) {
        early +=
            xfetch.use(true, (long) (distance * SECOND), SECOND, random.nextDouble())
                    == SERVE_AND_REFRESH_EARLY
                ? 1
                : 0;
      }
      assertThat(early / 100_000.0).isCloseTo(Math.exp(-distance), within(0.01));
    }
  }

  @Test
  void withoutEarlyRefreshNothingIsEarly() {
    assertThat(LoadPolicy.DEFAULT.use(true, 1, 1_000 * SECOND, 0.999_999)).isEqualTo(SERVE);
  }

  @Test
  void whatAClientWroteIsNotRefreshedEarly() {
    LoadPolicy xfetch = LoadPolicy.DEFAULT.withEarlyRefresh(1);
    assertThat(xfetch.use(true, SECOND, 0, 0.999_999)).isEqualTo(SERVE);
  }

  @Test
  void jitterShortensTheFreshSpanAndTheStaleSpanFitsThePolicy() {
    LoadPolicy policy =
        LoadPolicy.DEFAULT
            .withJitter(0.2)
            .withStaleIfError(Duration.ofMinutes(5))
            .withStaleWhileRevalidate(Duration.ofMinutes(1));
    Lifetime ten = Lifetime.of(Duration.ofSeconds(10));
    assertThat(policy.applyTo(ten, 0).fresh()).isEqualTo(Duration.ofSeconds(10));
    assertThat(policy.applyTo(ten, 0.5).fresh()).isEqualTo(Duration.ofSeconds(9));
    assertThat(policy.applyTo(ten, 0.5).stale()).isEqualTo(Duration.ofMinutes(5));
    assertThat(policy.applyTo(new Lifetime(Duration.ZERO, Duration.ofHours(1)), 0.5).stale())
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void valuesOutOfBoundsAreNamed() {
    assertThatThrownBy(() -> LoadPolicy.DEFAULT.withJitter(1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jitter");
    assertThatThrownBy(() -> LoadPolicy.DEFAULT.withEarlyRefresh(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("earlyRefresh");
    assertThatThrownBy(() -> LoadPolicy.DEFAULT.withHardTimeout(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hardTimeout");
    assertThatThrownBy(() -> LoadPolicy.DEFAULT.withMaxLoads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxLoads");
  }
}
