package io.forebay.proxy.origin;

import io.forebay.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/// Who waits on an event loop for the answer to a [LoopRequest]. All methods are called there and
/// must not wait.
public interface LoopAnswer {

  /// An interim response (RFC 9110 §15.2).
  void interim(ResponseHead head);

  /// The head of the final response.
  ///
  /// @param answered its body is not in it: it comes through the methods below
  /// @return whether it is taken; if not, [#handOver] follows at once
  boolean head(OriginOutcome.Answered answered);

  /// A part of the body; only lent.
  void body(ByteBuf part);

  /// Nothing more has come for now.
  void pause();

  /// The body came to its end.
  void end();

  /// The body broke off. Nothing more comes.
  void broken(String why);

  /// Something of this program went wrong. Nothing more comes.
  void crashed(RuntimeException cause);

  /// The request is to be gone on with elsewhere: no usable answer came, or it was not taken.
  /// Nothing more comes.
  void handOver(FirstAttempt attempt);
}
