package io.forebay.server.settings;

/// How log lines look.
public enum LogFormat {
  /// Text if the output is a terminal, JSON otherwise.
  AUTO,
  /// One JSON object a line.
  JSON,
  /// For people.
  TEXT
}
