package io.forebay.proxy.pages;

import java.time.Duration;

/// The note that responses to a key proved unshareable lately, as it was seen.
///
/// @param keyText of the cache key
/// @param leftNanos for how much longer it holds
public record UncollapsibleMark(String keyText, long leftNanos) {

  /// Whether it holds for long enough not to be made again, so that pages which are never stored
  /// don't cost a write for each request: more than half of its time is left.
  public boolean isYoung(Duration span) {
    return leftNanos > span.toNanos() / 2;
  }
}
