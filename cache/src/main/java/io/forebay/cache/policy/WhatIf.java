package io.forebay.cache.policy;

import java.util.List;
import java.util.stream.IntStream;

/// Several [ShadowCache]s fed with the same requests: what other sizes and policies would reach.
///
/// Off, it does not exist and costs nothing. On, a request costs one comparison for each question,
/// and the sampled ones a step of the policy asked about. Memory: the sum of the shadows'. Not
/// thread-safe.
public final class WhatIf {

  /// A cache one wonders about.
  ///
  /// @param policy one of [EvictionPolicies#names]
  /// @param maxWeightBytes at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxEntries at least 1; `Long.MAX_VALUE` for no bound
  public record Question(String policy, long maxWeightBytes, long maxEntries) {}

  /// @param hitRatio predicted, 0 to 1
  /// @param requests how many requests it rests on
  /// @param sampleRate the share of the keys that were simulated, 0 to 1
  public record Answer(Question question, double hitRatio, long requests, double sampleRate) {}

  private final List<Question> questions;
  private final List<ShadowCache> shadows;

  /// @param maxTracked of each shadow: see [ShadowCache]
  public WhatIf(List<Question> questions, int maxTracked, long seed) {
    this.questions = List.copyOf(questions);
    this.shadows =
        this.questions.stream()
            .map(question ->
                new ShadowCache(
                    question.policy(),
                    question.maxWeightBytes(),
                    question.maxEntries(),
                    maxTracked,
                    seed))
            .toList();
  }

  /// One read of a key, whether it was answered from the cache or not.
  public void record(long keyHash, int weightBytes) {
    for (ShadowCache shadow : shadows) {
      shadow.record(keyHash, weightBytes);
    }
  }

  /// In the order of the questions.
  public List<Answer> answers() {
    return IntStream.range(0, shadows.size()).mapToObj(this::answer).toList();
  }

  private Answer answer(int i) {
    ShadowCache shadow = shadows.get(i);
    return new Answer(questions.get(i), shadow.hitRatio(), shadow.requests(), shadow.sampleRate());
  }

  /// Starts counting anew; what the shadows hold stays.
  public void restartCounting() {
    shadows.forEach(ShadowCache::restartCounting);
  }
}
