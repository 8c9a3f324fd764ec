package io.forebay.benchmarks.hitratio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// Sequences of requests with a known shape, made from fixed seeds, for judging policies on other
/// load than the traces.
final class Pattern {

  private static final int REQUESTS = 200_000;
  private static final int HALF = REQUESTS / 2;

  /// Of the requests, from 0 on.
  private final int[] ids;

  private Pattern(int[] ids) {
    this.ids = ids;
  }

  /// All of them, 200,000 requests each or a little more, by a name that says their shape; for
  /// caches of about a hundred to a thousand entries.
  static Map<String, Pattern> all() {
    Map<String, Pattern> all = new LinkedHashMap<>();
    all.put("loop-990", loop(REQUESTS, 990));
    all.put("loop-1100", loop(REQUESTS, 1_100));
    all.put("loop-5000", loop(REQUESTS, 5_000));
    all.put("stack-300", stack(REQUESTS, 0.1, 300, 1));
    all.put("stack-3000", stack(REQUESTS, 0.05, 3_000, 2));
    all.put("recency", recency(REQUESTS));
    all.put("window-500", window(REQUESTS, 500, 4, 3));
    all.put("zipf-0.8", zipf(REQUESTS, 0.8, 4));
    all.put("zipf-1.1", zipf(REQUESTS, 1.1, 5));
    all.put("zipf-and-loop", zipf(HALF, 0.8, 6).with(loop(HALF, 1_100), 7));
    all.put("zipf-and-scan", zipf(HALF, 0.9, 8).with(loop(HALF, HALF), 9));
    all.put("zipf-with-scan-bursts", bursts());
    all.put("popularity-shift", zipf(HALF, 0.9, 10).then(zipf(HALF, 0.9, 11)));
    all.put("zipf-then-loop-950", zipf(HALF, 0.9, 12).then(loop(HALF, 950)));
    all.put("zipf-then-loop-1500", zipf(HALF, 0.9, 13).then(loop(HALF, 1_500)));
    all.put("loop-1500-then-zipf", loop(HALF, 1_500).then(zipf(HALF, 0.9, 14)));
    all.put("loop-1500-then-stack-300", loop(HALF, 1_500).then(stack(HALF, 0.1, 300, 15)));
    all.put("recency-then-zipf", recency(HALF).then(zipf(HALF, 0.9, 16)));
    all.put("scan-then-loop-990", loop(HALF, HALF).then(loop(HALF, 990)));
    all.put("zipf-and-loop-alternating", alternating());
    return all;
  }

  /// The same keys over and over.
  static Pattern loop(int requests, int length) {
    int[] ids = new int[requests];
    Arrays.setAll(ids, i -> i % length);
    return new Pattern(ids);
  }

  /// Independent draws of 10,000 keys, the i-th with a probability like i^-exponent.
  static Pattern zipf(int requests, double exponent, long seed) {
    double[] cumulated = new double[10_000];
    double sum = 0;
    for (int i = 0; i < cumulated.length; i++) {
      sum += Math.pow(i + 1, -exponent);
      cumulated[i] = sum;
    }
    double total = sum;
    Random random = new Random(seed);
    int[] ids = new int[requests];
    Arrays.setAll(
        ids,
        i -> {
          int at = Arrays.binarySearch(cumulated, random.nextDouble() * total);
          return at < 0 ? -at - 1 : at;
        });
    return new Pattern(ids);
  }

  /// How soon a key comes back depends on its recency alone: the depth in the stack of keys, latest
  /// first, is exponential. Least recently used is the best order here.
  static Pattern stack(int requests, double shareOfNew, double meanDepth, long seed) {
    Random random = new Random(seed);
    List<Integer> stack = new ArrayList<>();
    int unseen = 0;
    int[] ids = new int[requests];
    for (int i = 0; i < requests; i++) {
      int depth = (int) (-meanDepth * Math.log(1 - random.nextDouble()));
      boolean isNew = random.nextDouble() < shareOfNew || depth >= stack.size();
      int at = stack.size() - 1 - depth;
      ids[i] = isNew ? unseen++ : stack.get(at);
      if (!isNew) {
        stack.subList(at, at + 1).clear();
      }
      stack.add(ids[i]);
    }
    return new Pattern(ids);
  }

  /// Every key is used three times within 60 requests, and never again.
  static Pattern recency(int requests) {
    int[] ids = new int[requests];
    Arrays.setAll(ids, i -> 100 + i / 3 - (i % 3) * 20);
    return new Pattern(ids);
  }

  /// Even draws from a window of keys that moves on by one every few requests.
  static Pattern window(int requests, int width, int requestsPerStep, long seed) {
    Random random = new Random(seed);
    int[] ids = new int[requests];
    Arrays.setAll(ids, i -> i / requestsPerStep + random.nextInt(width));
    return new Pattern(ids);
  }

  private static Pattern bursts() {
    Pattern all = new Pattern(new int[0]);
    Pattern zipf = zipf(REQUESTS, 0.9, 17);
    for (int at = 0; at < REQUESTS; at += 10_000) {
      int[] part = Arrays.copyOfRange(zipf.ids, at, at + 10_000);
      int unseen = 10_000 + at / 5;
      int[] scan = new int[2_000];
      Arrays.setAll(scan, i -> unseen + i);
      all = all.followedBy(part).followedBy(scan);
    }
    return all;
  }

  private static Pattern alternating() {
    Pattern all = new Pattern(new int[0]);
    for (int i = 0; i < 5; i++) {
      all = all.followedBy(zipf(REQUESTS / 10, 0.9, 18 + i).ids);
      int first = 10_000 + 2_000 * i;
      all =
          all.followedBy(
              Arrays.stream(loop(REQUESTS / 10, 1_500).ids).map(id -> id + first).toArray());
    }
    return all;
  }

  /// This, then the other with keys of its own.
  Pattern then(Pattern other) {
    return followedBy(other.apartFrom(this).ids);
  }

  private Pattern followedBy(int[] more) {
    return new Pattern(Stream.of(ids, more).flatMapToInt(Arrays::stream).toArray());
  }

  private Pattern apartFrom(Pattern other) {
    int first = 1 + Arrays.stream(other.ids).max().orElse(0);
    return new Pattern(Arrays.stream(ids).map(id -> id + first).toArray());
  }

  /// Both at once, with keys of their own; equally long.
  Pattern with(Pattern other, long seed) {
    Random random = new Random(seed);
    int[] theirs = other.apartFrom(this).ids;
    int[] mixed = new int[ids.length + theirs.length];
    int mine = 0;
    for (int i = 0; i < mixed.length; i++) {
      boolean takeMine = i - mine == theirs.length || (mine < ids.length && random.nextBoolean());
      mixed[i] = takeMine ? ids[mine++] : theirs[i - mine];
    }
    return new Pattern(mixed);
  }

  Trace trace(String name) {
    int[] sizes = new int[ids.length];
    Arrays.fill(sizes, 1);
    return new Trace(name, ids, sizes);
  }
}
