package io.forebay.proxy.listen.http1;

/// Why a request's head was refused; the cause of a failed decoding. Without a stack trace: hostile
/// clients make many.
final class RefusedHead extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;

  /// @param why a sentence of ours, for the client
  RefusedHead(int status, String why) {
    super(why, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
