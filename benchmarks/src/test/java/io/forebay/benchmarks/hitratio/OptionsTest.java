package io.forebay.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

  @Test
  void tracesPoliciesAndASizeAreRead() {
    Options options =
        Options.parse(
            List.of("a.gz", "--policy", "lru", "b", "--bytes", "1000", "--policy", "caffeine"));
    assertThat(options.mode()).isEqualTo(Options.Mode.REPLAY);
    assertThat(options.files()).containsExactly(Path.of("a.gz"), Path.of("b"));
    assertThat(options.policies()).extracting(Contender::name).containsExactly("lru", "caffeine");
    assertThat(options.limit()).contains(new Bounds(true, 1_000));
  }

  @Test
  void aScoreNeedsNoTrace() {
    Options options = Options.parse(List.of("--score", "--traces", "/t"));
    assertThat(options.mode()).isEqualTo(Options.Mode.SCORE);
    assertThat(options.traces()).isEqualTo(Path.of("/t"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', expected at least one trace",
    "t --policy nope, unknown policy 'nope'; expected one of auto",
    "t --policy, --policy needs a value",
    "t --entries 0, '--entries needs a whole number of at least 1, not ''0'''",
    "t --entries many, 'not ''many'''",
    "t --objective hits, '--objective needs ''objects'' or ''bytes'', not ''hits'''",
    "t --frobnicate, unknown option --frobnicate"
  })
  void whatIsWrongIsSaid(String commandLine, String message) {
    List<String> arguments =
        commandLine.isEmpty() ? List.of() : List.of(commandLine.split(" ", -1));
    assertThatThrownBy(() -> Options.parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
