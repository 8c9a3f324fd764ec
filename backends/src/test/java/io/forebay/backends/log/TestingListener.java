package io.forebay.backends.log;

import io.forebay.cache.BarrierSnapshot;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationListener;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import io.forebay.cache.Scope;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Knows the newest invalidation of every tag, hard ones only, and forgets none.
final class TestingListener implements InvalidationListener {

  final Map<String, Position> tags = new HashMap<>();
  @Nullable Position floor;

  @Override
  public void restore(BarrierSnapshot snapshot) {
    floor = snapshot.floor().orElse(floor);
    snapshot.raised().forEach(raised -> note(raised.scope(), raised.position()));
  }

  @Override
  public void apply(InvalidationRecord record) {
    note(record.order().scope(), record.position());
  }

  private void note(Scope scope, Position position) {
    if (scope instanceof Scope.Tags(Set<String> names)) {
      names.forEach(name -> tags.put(name, position));
    }
  }

  @Override
  public void distrustBefore(Position position) {
    floor = position;
  }

  @Override
  public BarrierSnapshot snapshot() {
    return new BarrierSnapshot(
        Optional.ofNullable(floor),
        tags.entrySet().stream()
            .map(tag ->
                new BarrierSnapshot.Raised(
                    tag.getValue(), Invalidation.Mode.HARD, new Scope.Tags(Set.of(tag.getKey()))))
            .toList());
  }
}
