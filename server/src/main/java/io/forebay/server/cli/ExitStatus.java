package io.forebay.server.cli;

/// What the process's exit status says; printed by `forebay --help`.
public enum ExitStatus {
  OK(0, "done"),
  FAILED(1, "an unexpected failure, described on standard error"),
  USAGE(2, "the command line is wrong"),
  SETTINGS(3, "the settings are refused"),
  CANNOT_START(4, "the server cannot start: a port is taken, a folder cannot be written"),
  UNREACHABLE(5, "no server answers at the address"),
  REFUSED(6, "the server refused the request, and says why on standard error"),
  NOT_IN_TIME(7, "in force on the node that answered; what else was waited for has not come (yet)"),
  NOT_EVERYWHERE(
      8, "in force on the node that answered, but its log or a cache downstream did not take it"),
  NOT_WHOLE(
      9, "a backup is cut off, or was not restored whole; standard error says what is missing");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  public String meaning() {
    return meaning;
  }
}
