package io.forebay.server.api;

import java.time.Duration;

/// What the log and the metrics read about one API exchange.
///
/// @param route the template, `none` if no route fits
/// @param path raw, without query
/// @param principal who asked, `anyone` if that was not decided
public record ExchangeRecord(
    String method,
    String route,
    String path,
    int status,
    String principal,
    Duration duration,
    long requestBytes,
    long responseBytes) {

  /// Takes the records; called on an event loop, so it must not wait.
  @FunctionalInterface
  public interface Sink {
    void accept(ExchangeRecord record);
  }
}
