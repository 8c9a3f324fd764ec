package io.forebay.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;

/// How one event looks.
interface LogLines {

  /// The whole line in UTF-8, its end included.
  byte[] encode(ILoggingEvent event);
}
