package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TierTest {

  private static final PoolSettings.Limits LIMITS =
      new PoolSettings.Limits(1_000, 1_000, 0, Duration.ZERO);
  private static final PoolSettings SETTINGS =
      PoolSettings.of("p", List.of(new Origin("127.0.0.1", 1, false)));

  private static List<Member> members(int... weights) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      Origin origin = new Origin("127.0.0.1", i + 1, false);
      members.add(new Member(new ListedOrigin(origin, weights[i], 1), SETTINGS, 0, (_, _) -> {}));
    }
    return members;
  }

  private static Member entered(Tier tier) {
    return Objects.requireNonNull(tier.enter(true, false, LIMITS, List.of()));
  }

  private static int[] ints(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  /// The first is the example of the algorithm's author.
  @ParameterizedTest
  @CsvSource({
    "5 1 1, 0 0 1 0 2 0 0",
    "1 1 1, 0 1 2",
    "2 1, 0 1 0",
    "1, 0",
  })
  void turnsAreSpreadSmoothly(String weights, String expected) {
    assertThat(Tier.turns(ints(weights))).containsExactly(ints(expected));
  }

  @ParameterizedTest
  @CsvSource({"4 2, 2 1", "7, 1", "65535 1, 100 1", "65535 65535, 1 1", "300 200 100, 3 2 1"})
  void weightsAreScaledSoThatTheOrderStaysShort(String weights, String expected) {
    assertThat(Tier.scaled(ints(weights))).containsExactly(ints(expected));
  }

  @Test
  void atLowLoadEachGetsItsShareOfEveryRound() {
    List<Member> members = members(5, 3, 2);
    Tier tier = new Tier(members);
    for (int round = 0; round < 20; round++) {
      Map<Member, Integer> got = new HashMap<>();
      for (int i = 0; i < 10; i++) {
        Member member = entered(tier);
        got.merge(member, 1, Integer::sum);
        member.leave(false);
      }
      assertThat(members.stream().map(got::get)).containsExactly(5, 3, 2);
    }
  }

  @Test
  void underLoadTheOneThatIsSlowGetsNoMoreThanItsShareOfWhatIsUnderWay() {
    List<Member> members = members(1, 1);
    Tier tier = new Tier(members);
    // The first never finishes anything, the second everything at once.
    int first = 0;
    for (int i = 0; i < 100; i++) {
      Member member = entered(tier);
      if (member == members.getFirst()) {
        first++;
      } else {
        member.leave(false);
      }
    }
    assertThat(first).isEqualTo(1);
  }

  /// Against a naive model: whoever is chosen has the least for its weight.
  @Test
  void theLeastLoadedForItsWeightIsChosen() {
    long seed = 20261125;
    Random random = new Random(seed);
    List<Member> members = members(3, 1, 2, 1);
    Tier tier = new Tier(members);
    List<Member> underWay = new ArrayList<>();
    for (int step = 0; step < 2_000; step++) {
      if (!underWay.isEmpty() && random.nextInt(100) < 48) {
        underWay.remove(random.nextInt(underWay.size())).leave(false);
        continue;
      }
      double least =
          members.stream()
              .mapToDouble(m -> (double) m.underWay() / m.listed().weight())
              .min()
              .orElseThrow();
      List<Member> best =
          members.stream()
              .filter(m -> (double) m.underWay() / m.listed().weight() == least)
              .collect(Collectors.toList());
      Member chosen = entered(tier);
      assertThat(best).as("seed %d, step %d", seed, step).contains(chosen);
      underWay.add(chosen);
    }
  }

  @Test
  void whoWasTriedOrHasNoRoomIsNotChosen() {
    List<Member> members = members(1, 1, 1);
    Tier tier = new Tier(members);
    PoolSettings.Limits one = new PoolSettings.Limits(1, 1, 0, Duration.ZERO);
    List<Member> tried = List.of(members.get(0));
    assertThat(List.of(tier.enter(true, false, one, tried), tier.enter(true, true, one, tried)))
        .containsExactlyInAnyOrder(members.get(1), members.get(2));
    assertThat(tier.enter(true, false, one, tried)).isNull();
  }

  @Test
  void fillsLeaveRoomForOthers() {
    Tier tier = new Tier(members(1));
    PoolSettings.Limits limits = new PoolSettings.Limits(3, 2, 0, Duration.ZERO);
    assertThat(tier.enter(true, true, limits, List.of())).isNotNull();
    assertThat(tier.enter(true, true, limits, List.of())).isNotNull();
    assertThat(tier.enter(true, true, limits, List.of())).isNull();
    assertThat(tier.enter(true, false, limits, List.of())).isNotNull();
    assertThat(tier.enter(true, false, limits, List.of())).isNull();
  }
}
