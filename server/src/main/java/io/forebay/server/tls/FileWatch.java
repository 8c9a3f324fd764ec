package io.forebay.server.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at files again and again, and has what was made of them made anew when their contents have
/// changed. They are few and small, so they are simply read: no clock of a file system and no way
/// of replacing files (renames, links) is relied on.
public final class FileWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

  private final List<Watched> watched = new ArrayList<>();
  private final LongAdder reloads = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private Optional<Thread> thread = Optional.empty();

  /// @param reload uses the new contents; answers why they cannot be used, and then has changed
  ///   nothing
  private record Watched(String setting, List<Path> files, Supplier<Optional<String>> reload) {}

  private final List<String> seen = new ArrayList<>();

  /// Watches these files; before [#start].
  ///
  /// @param setting that names them, for the log
  public synchronized void add(
      String setting, List<Path> files, Supplier<Optional<String>> reload) {
    watched.add(new Watched(setting, List.copyOf(files), reload));
    seen.add(contents(files));
  }

  /// Looks from now on, this often.
  public synchronized void start(Duration interval) {
    if (watched.isEmpty()) {
      return;
    }
    thread =
        Optional.of(
            Thread.ofVirtual()
                .name("file-watch")
                .start(() -> {
                  try {
                    while (true) {
                      Thread.sleep(interval);
                      look();
                    }
                  } catch (InterruptedException closed) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /// Looks once.
  synchronized void look() {
    for (int i = 0; i < watched.size(); i++) {
      Watched one = watched.get(i);
      String now = contents(one.files());
      if (now.equals(seen.get(i))) {
        continue;
      }
      seen.set(i, now);
      Optional<String> fault = one.reload().get();
      if (fault.isEmpty()) {
        reloads.increment();
        log.atInfo()
            .addKeyValue("setting", one.setting())
            .log("files have changed; new connections use them");
      } else {
        failures.increment();
        log.atWarn()
            .addKeyValue("setting", one.setting())
            .addKeyValue("reason", fault.get())
            .log("files have changed and cannot be used; the earlier contents stay in use");
      }
    }
  }

  private static String contents(List<Path> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        try {
          digest.update(Files.readAllBytes(file));
        } catch (IOException e) {
          // Missing is a state like others: what is there later is new.
          digest.update((byte) 0);
        }
        digest.update((byte) 1);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Changes that were put to use.
  public long reloads() {
    return reloads.sum();
  }

  /// Changes that could not be used.
  public long failures() {
    return failures.sum();
  }

  @Override
  public synchronized void close() {
    thread.ifPresent(Thread::interrupt);
  }
}
