package io.forebay.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.forebay.server.settings.LogFormat;
import io.forebay.server.settings.ServerSettings;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Configures Logback in code: nothing is read from files, which also keeps the start short.
///
/// Before the settings are known nothing is logged; a refused setting is printed by the command
/// line itself.
public final class LogSetup extends ContextAwareBase implements Configurator {

  private static final LongAdder DROPPED = new LongAdder();
  private static volatile @Nullable BoundedAppender current;

  /// Logback makes one at its first use (`META-INF/services`).
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// Begins logging to standard output as the settings say.
  public static void apply(ServerSettings.Log settings) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var appender =
        new BoundedAppender(
            isText(settings.format()) ? new TextLines() : new JsonLines(),
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            DROPPED);
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger("io.forebay").setLevel(Level.INFO);
    current = appender;
  }

  /// Whether lines are text, given what standard output is.
  public static boolean isText(LogFormat format) {
    return switch (format) {
      case TEXT -> true;
      case JSON -> false;
      case AUTO -> Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    };
  }

  /// Log events lost because nobody took them fast enough.
  public static long droppedEvents() {
    return DROPPED.sum();
  }

  /// Waits until what was logged is written, a second at most.
  public static void flush() {
    BoundedAppender appender = current;
    if (appender != null) {
      appender.flush();
    }
  }
}
