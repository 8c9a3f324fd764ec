package io.forebay.cache.policy;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Several [ShadowCache]s that hear the same: what other sizes and policies would reach.
///
/// A sampled event costs one comparison for each question, and a step of the policy asked about
/// where the question samples the key. Memory: the sum of the shadows'. Not thread-safe.
public final class WhatIf {

  /// A cache one wonders about.
  ///
  /// @param policy one of [EvictionPolicies#names]
  /// @param maxWeightBytes at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxEntries at least 1; `Long.MAX_VALUE` for no bound
  public record Question(String policy, long maxWeightBytes, long maxEntries) {}

  /// @param hitRatio predicted, 0 to 1
  /// @param measuredHitRatio what the cache itself reached with the same requests, 0 to 1
  /// @param requests how many requests both rest on
  /// @param sampleRate the share of the keys that were simulated, 0 to 1
  public record Answer(
      Question question,
      double hitRatio,
      double measuredHitRatio,
      long requests,
      double sampleRate) {}

  private final List<Question> questions;
  private final List<ShadowCache> shadows;

  /// As the other, where `auto` wants hits of objects.
  public WhatIf(List<Question> questions, int maxTracked, long seed) {
    this(questions, HitObjective.OBJECTS, maxTracked, seed);
  }

  /// @param objective of `auto`
  /// @param maxTracked of each shadow: see [ShadowCache]
  public WhatIf(List<Question> questions, HitObjective objective, int maxTracked, long seed) {
    this.questions = List.copyOf(questions);
    this.shadows =
        this.questions.stream()
            .map(question ->
                new ShadowCache(
                    question.policy(),
                    objective,
                    question.maxWeightBytes(),
                    question.maxEntries(),
                    maxTracked,
                    seed))
            .toList();
  }

  /// One read of a key in a replay: see [ShadowCache#record].
  public void record(long keyHash, int weightBytes) {
    forEach(shadow -> shadow.record(keyHash, weightBytes));
  }

  /// The same event for every shadow.
  public void forEach(Consumer<ShadowCache> event) {
    shadows.forEach(event);
  }

  /// The largest share of the keys that any shadow simulates, 0 to 1.
  public double sampleRate() {
    return shadows.stream().mapToDouble(ShadowCache::sampleRate).max().orElse(0);
  }

  /// Entries of the largest miniature now.
  public int mostTracked() {
    return shadows.stream().mapToInt(ShadowCache::tracked).max().orElse(0);
  }

  public List<Question> questions() {
    return questions;
  }

  /// In the order of the questions.
  public List<Answer> answers() {
    return IntStream.range(0, shadows.size()).mapToObj(this::answer).toList();
  }

  private Answer answer(int i) {
    ShadowCache shadow = shadows.get(i);
    return new Answer(
        questions.get(i),
        shadow.hitRatio(),
        shadow.measuredHitRatio(),
        shadow.requests(),
        shadow.sampleRate());
  }

  /// Starts counting anew; what the shadows hold stays.
  public void restartCounting() {
    forEach(ShadowCache::restartCounting);
  }
}
