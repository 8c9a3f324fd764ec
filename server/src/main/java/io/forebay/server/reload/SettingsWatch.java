package io.forebay.server.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a file every so often and calls when it has become another one, or has other content.
/// Looking works where events do not: on network folders, and for the links that container
/// platforms exchange.
public final class SettingsWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SettingsWatch.class);

  private final Path file;
  private final Runnable changed;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("settings-watch").factory());

  // The thread's own.
  private String seen;

  /// @param changed called on a thread of the watch's own; what it throws is logged
  public SettingsWatch(Path file, Duration every, Runnable changed) {
    this.file = file;
    this.changed = changed;
    this.seen = look(file);
    var _ =
        thread.scheduleWithFixedDelay(
            this::lookAgain, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void lookAgain() {
    String now = look(file);
    if (!now.equals(seen)) {
      seen = now;
      try {
        changed.run();
      } catch (RuntimeException e) {
        // A failure of one reading must not end the watch.
        log.atError().setCause(e).log("the settings could not be read again");
      }
    }
  }

  /// What tells one state of the file from another.
  private static String look(Path file) {
    try {
      var attributes = Files.readAttributes(file.toRealPath(), BasicFileAttributes.class);
      return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
    } catch (IOException e) {
      return "none";
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
