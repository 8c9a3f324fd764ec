package io.forebay.backends.log;

import io.forebay.cache.BarrierSnapshot;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import io.forebay.cache.Scope;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How records and barriers look as bytes. Text is UTF-8 with its length before it, numbers are
/// big-endian; every list has its size before it.
///
/// Reading throws [Malformed] for bytes that no writer of this version wrote.
final class RecordCodec {

  private static final int NAMED = 1;
  private static final int WRITTEN = 2;

  private RecordCodec() {}

  /// The bytes passed their checksum, and yet make no sense.
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  // ---- batches

  /// @param batch records of one batch, without a gap
  static void write(PayloadWriter out, List<InvalidationRecord> batch) {
    InvalidationRecord first = batch.getFirst();
    out.position(first.position());
    out.time(first.time());
    boolean named = !first.id().equals(first.position().toString());
    out.text(named ? first.id() : "").text(first.who()).text(first.why());
    out.size(batch.size());
    for (InvalidationRecord record : batch) {
      InvalidationOrder order = record.order();
      out.kind(
          (order.cache().isPresent() ? NAMED : 0) | (order.written().isPresent() ? WRITTEN : 0));
      out.text(order.cache().orElse(""));
      order.written().ifPresent(out::number);
      write(out, order.mode());
      write(out, order.scope());
    }
  }

  static List<InvalidationRecord> readBatch(PayloadReader in) {
    Position position = in.position();
    Instant time = in.time();
    String id = in.text();
    String who = in.text();
    String why = in.text();
    int size = in.size();
    List<InvalidationRecord> batch = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int flags = in.kind();
      String name = in.text();
      Optional<String> cache = (flags & NAMED) != 0 ? Optional.of(name) : Optional.empty();
      OptionalLong written =
          (flags & WRITTEN) != 0 ? OptionalLong.of(in.number()) : OptionalLong.empty();
      Invalidation.Mode mode = readMode(in);
      InvalidationOrder order = new InvalidationOrder(cache, readScope(in), mode, written);
      Position at = new Position(position.epoch(), position.n() + i);
      batch.add(
          new InvalidationRecord(at, id.isEmpty() ? at.toString() : id, time, who, why, order));
    }
    return batch;
  }

  // ---- barriers

  static void write(PayloadWriter out, BarrierSnapshot.Raised raised) {
    out.position(raised.position());
    write(out, raised.mode());
    write(out, raised.scope());
  }

  static BarrierSnapshot.Raised readRaised(PayloadReader in) {
    Position position = in.position();
    Invalidation.Mode mode = readMode(in);
    return new BarrierSnapshot.Raised(position, mode, readScope(in));
  }

  // ---- parts

  private static void write(PayloadWriter out, Invalidation.Mode mode) {
    out.kind(
        switch (mode) {
          case HARD -> 0;
          case SOFT -> 1;
        });
  }

  private static Invalidation.Mode readMode(PayloadReader in) {
    int kind = in.kind();
    return switch (kind) {
      case 0 -> Invalidation.Mode.HARD;
      case 1 -> Invalidation.Mode.SOFT;
      default -> throw new Malformed("mode " + kind);
    };
  }

  private static void write(PayloadWriter out, Scope scope) {
    switch (scope) {
      case Scope.Everything() -> out.kind(0);
      case Scope.Keys(Set<String> keys) -> names(out.kind(1), keys);
      case Scope.Tags(Set<String> tags) -> names(out.kind(2), tags);
      case Scope.Prefixes(Set<String> prefixes) -> names(out.kind(3), prefixes);
      case Scope.Patterns(Set<GlobPattern> patterns) ->
          names(out.kind(4), patterns.stream().map(GlobPattern::text).toList());
      case Scope.Urls(Set<String> urls) -> names(out.kind(5), urls);
      case Scope.Hosts(Set<String> hosts) -> names(out.kind(6), hosts);
    }
  }

  private static Scope readScope(PayloadReader in) {
    int kind = in.kind();
    return switch (kind) {
      case 0 -> new Scope.Everything();
      case 1 -> readNames(in, Scope.Keys::new);
      case 2 -> readNames(in, Scope.Tags::new);
      case 3 -> readNames(in, Scope.Prefixes::new);
      case 4 ->
          readNames(
              in,
              texts ->
                  new Scope.Patterns(
                      texts.stream()
                          .map(text ->
                              GlobPattern.parse(text)
                                  .orElseThrow(() -> new Malformed("pattern " + text)))
                          .collect(Collectors.toSet())));
      case 5 -> readNames(in, Scope.Urls::new);
      case 6 -> readNames(in, Scope.Hosts::new);
      default -> throw new Malformed("scope " + kind);
    };
  }

  private static void names(PayloadWriter out, Collection<String> names) {
    out.size(names.size());
    names.forEach(out::text);
  }

  private static Scope readNames(PayloadReader in, Function<Set<String>, Scope> scope) {
    int size = in.size();
    Set<String> names = java.util.HashSet.newHashSet(size);
    for (int i = 0; i < size; i++) {
      names.add(in.text());
    }
    return scope.apply(names);
  }

  static ByteBuffer frame(PayloadWriter payload) {
    return Frames.wrap(payload.bytes());
  }
}
