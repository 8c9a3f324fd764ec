package io.forebay.backends.redis;

import static org.awaitility.Awaitility.await;

import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.InvalidationChecker.Mix;
import io.forebay.cache.testing.InvalidationChecker.Plan;
import io.forebay.cache.testing.TestingRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What happens to three processes and their Redis between writes and reads, so that each of the
/// fleet's protections is needed: without it, a read is stale, for sure and not now and then.
///
/// In all of them `b` sleeps while everything changes, and the others are told that it is gone.
enum FleetScript {

  /// It wakes up and cannot ask anybody: only its lease tells it that it may have missed something.
  WAKES_UP_ALONE {
    @Override
    void play(Stage stage) throws Exception {
      stage.fillAndStopB();
      stage.change(150);
      stage.redis.hang();
      stage.b().resume();
      stage.readFromB();
      stage.redis.resume();
    }
  },

  /// It wakes up in an epoch whose log knows nothing of what was missed.
  WAKES_UP_IN_ANOTHER_EPOCH {
    @Override
    void play(Stage stage) throws Exception {
      stage.fillAndStopB();
      stage.change(150);
      stage.redis.kill();
      stage.redis.forget();
      stage.redis.start();
      stage.b().resume();
      stage.readWhenBIsBack();
    }
  },

  /// Redis comes back with an older snapshot, which fits what `b` knows, and whoever knew more is
  /// dead.
  WHO_KNEW_IS_DEAD {
    @Override
    void play(Stage stage) throws Exception {
      stage.fillAndStopB();
      stage.change(1); // b, which waits for news, has this one in its socket
      Path snapshot = stage.redis.snapshot();
      stage.change(150);
      stage.members.getFirst().kill();
      stage.members.getLast().kill();
      stage.redis.kill();
      stage.redis.restore(snapshot);
      stage.redis.start();
      stage.b().resume();
      stage.readWhenBIsBack();
      stage.members.getFirst().start();
      stage.members.getLast().start();
    }
  },

  /// Nothing but loads that are overtaken.
  NOTHING_HAPPENS {
    @Override
    void play(Stage stage) throws Exception {
      stage.doEverything(100_000);
    }
  };

  abstract void play(Stage stage) throws Exception;

  /// Three members, `b` in the middle, and what the checker found so far.
  static final class Stage {
    private static final Duration LONG = Duration.ofSeconds(30);

    final List<FleetMember> members;
    final TestingRedis redis;
    private final long seed;
    private final InvalidationChecker checker;
    private InvalidationChecker.Findings findings;

    Stage(List<FleetMember> members, TestingRedis redis, long seed) {
      this.members = members;
      this.redis = redis;
      this.seed = seed;
      this.checker = new InvalidationChecker(members);
      this.findings = new InvalidationChecker.Findings(0, 0, 0, 0, java.util.Optional.empty());
    }

    InvalidationChecker.Findings findings() {
      return findings;
    }

    FleetMember b() {
      return members.get(1);
    }

    void doEverything(long operations) throws InterruptedException {
      members.forEach(Stage::awaitTrust);
      findings = checker.run(Mix.EVERYTHING, new Plan(seed, 12, operations));
    }

    void fillAndStopB() throws InterruptedException {
      doEverything(2_000);
      findings = checker.run(Mix.LOADS, new Plan(seed, 2, 100), List.of(b()));
      b().stop();
    }

    /// With 150 of them every key changes several times.
    void change(int changes) throws InterruptedException {
      findings = checker.run(Mix.CHANGES, new Plan(seed, Math.min(6, changes), changes));
    }

    void readFromB() throws InterruptedException {
      findings = checker.run(Mix.READS, new Plan(seed, 1, 200), List.of(b()));
    }

    void readWhenBIsBack() throws InterruptedException {
      awaitTrust(b());
      findings = checker.run(Mix.READS, new Plan(seed, 4, 1_000));
    }

    private static void awaitTrust(FleetMember member) {
      await().atMost(LONG).until(member::isTrusting);
    }
  }
}
