package io.forebay.http.structured;

import java.math.BigDecimal;

/// A value without parameters (RFC 9651 §3.3).
public sealed interface BareItem {

  /// At most 15 digits (§3.3.1).
  record IntegerItem(long value) implements BareItem {}

  /// At most 12 digits before the point and 3 after it (§3.3.2).
  record DecimalItem(BigDecimal value) implements BareItem {}

  /// Printable ASCII (§3.3.3).
  record StringItem(String value) implements BareItem {}

  /// §3.3.4.
  record TokenItem(String value) implements BareItem {}

  /// §3.3.5.
  ///
  /// @param bytes one `char` per byte
  record ByteSequence(String bytes) implements BareItem {}

  /// §3.3.6.
  record BooleanItem(boolean value) implements BareItem {
    public static final BooleanItem TRUE = new BooleanItem(true);
    public static final BooleanItem FALSE = new BooleanItem(false);
  }

  /// §3.3.7.
  ///
  /// @param epochSecond seconds since 1970, at most 15 digits
  record DateItem(long epochSecond) implements BareItem {}

  /// Any Unicode text (§3.3.8).
  record DisplayString(String value) implements BareItem {}
}
