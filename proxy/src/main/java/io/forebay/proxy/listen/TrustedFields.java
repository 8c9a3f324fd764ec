package io.forebay.proxy.listen;

import io.forebay.proxy.Sender;

/// The fields in which proxies before this one tell of the client.
public enum TrustedFields {
  /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, and whatever else begins so.
  X_FORWARDED("x-forwarded"),
  /// `Forwarded` (RFC 7239).
  FORWARDED("forwarded");

  private final String text;

  TrustedFields(String text) {
    this.text = text;
  }

  Sender.Word word() {
    return switch (this) {
      case X_FORWARDED -> Sender.Word.X_FORWARDED;
      case FORWARDED -> Sender.Word.FORWARDED;
    };
  }

  /// As it is written in settings.
  @Override
  public String toString() {
    return text;
  }
}
