package io.forebay.server.backup;

/// A line is not what it has to be.
///
/// @param field the member that is wrong, or `line`
/// @param expected what would be right, as the end of "expected …"
/// @param detail one sentence
public record BadLine(String field, String expected, String detail) {

  /// Ends the reading of a line.
  static final class Found extends Exception {
    private static final long serialVersionUID = 1;

    private final transient BadLine what;

    Found(String field, String expected, String detail) {
      super(detail, null, false, false);
      this.what = new BadLine(field, expected, detail);
    }

    BadLine what() {
      return what;
    }
  }
}
