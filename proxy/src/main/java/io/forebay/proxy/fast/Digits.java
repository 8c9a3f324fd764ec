package io.forebay.proxy.fast;

/// Numbers as ASCII digits.
final class Digits {

  /// The most digits there can be.
  static final int MOST = 19;

  private Digits() {}

  /// Writes a number.
  ///
  /// @param number zero or more
  /// @return where it ends
  static int write(long number, byte[] out, int at) {
    int end = at + 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      end++;
    }
    long rest = number;
    for (int place = end - 1; place >= at; place--) {
      out[place] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }
}
