package io.forebay.cache.tier;

import io.forebay.cache.LoadToken;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A load whose result goes to the cache and, if it could be asked, to the tier behind it.
public final class TieredLoad {

  final LoadToken<String> token;
  final FillStart.@Nullable Ticket ticket;
  private final @Nullable TierFailure failure;

  TieredLoad(
      LoadToken<String> token, FillStart.@Nullable Ticket ticket, @Nullable TierFailure failure) {
    this.token = token;
    this.ticket = ticket;
    this.failure = failure;
  }

  public LoadToken<String> token() {
    return token;
  }

  /// Why the tier does not take part; empty if it does.
  public Optional<TierFailure> failure() {
    return Optional.ofNullable(failure);
  }
}
