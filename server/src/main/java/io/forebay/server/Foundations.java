package io.forebay.server;

import io.forebay.backends.log.FileJournal;
import io.forebay.backends.log.JournalFound;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.TimeSource;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.server.fleet.Fleet;
import io.forebay.server.settings.LogStorage;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.tiers.Tiers;
import io.forebay.server.tls.FileWatch;
import io.forebay.server.tls.ListenerTls;
import io.forebay.server.tls.OriginLinkFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server is built on, and cannot start without: files in `data.dir`, the fleet, tiers and
/// certificates. Opened all, or none.
///
/// @param journal of the invalidation log, if it is kept in a file
/// @param files are looked at for changes once the server has started
/// @param links to origins that are connected to in another way than the usual
record Foundations(
    Optional<FileJournal> journal,
    Fleet fleet,
    Tiers tiers,
    ListenerTls tls,
    FileWatch files,
    List<OriginLink> links) {

  private static final Logger log = LoggerFactory.getLogger(Foundations.class);

  /// Why the server cannot start, for the operator.
  static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    private final String why;

    Missing(String why) {
      super(why);
      this.why = why;
    }

    String why() {
      return why;
    }
  }

  /// Opens all of it; when it throws, nothing is left open.
  static Foundations open(ServerSettings settings, TimeSource time) throws Missing {
    Deque<Runnable> opened = new ArrayDeque<>();
    boolean isWhole = false;
    try {
      Foundations whole = open(settings, time, opened);
      isWhole = true;
      return whole;
    } catch (Fleet.Refused | Tiers.Refused e) {
      throw new Missing(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Missing("interrupted while starting");
    } finally {
      if (!isWhole) {
        opened.forEach(Runnable::run);
      }
    }
  }

  /// @param opened gets what closes each part, the last one first
  private static Foundations open(ServerSettings settings, TimeSource time, Deque<Runnable> opened)
      throws Missing, Fleet.Refused, Tiers.Refused, InterruptedException {
    if (keepsFiles(settings)) {
      checkWritable(settings.dataDir());
    }
    Optional<FileJournal> journal = openJournal(settings);
    journal.ifPresent(file -> opened.push(() -> close(file)));
    Fleet fleet = Fleet.open(settings, time);
    opened.push(fleet::close);
    InvalidationLog told = fleet.log().orElseGet(() -> ownLog(journal, time));
    Tiers tiers = Tiers.open(settings, told, fleet.versions(), time);
    opened.push(tiers::close);
    FileWatch files = new FileWatch();
    return new Foundations(
        journal, fleet, tiers, readTls(settings, files), files, readLinks(settings));
  }

  private static boolean keepsFiles(ServerSettings settings) {
    return (settings.audit().enabled() && settings.audit().database().isEmpty())
        || settings.invalidationLog() != LogStorage.MEMORY
        || !settings.tiers().open().isEmpty()
        || CompatAssembly.keepsHistory(settings);
  }

  /// Makes the folder if it is missing.
  private static void checkWritable(Path folder) throws Missing {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".forebay-write-test", ""));
    } catch (IOException e) {
      throw new Missing(
          "data.dir: cannot write to "
              + folder.toAbsolutePath()
              + " ("
              + e
              + "); choose another with --set data.dir=FOLDER");
    }
  }

  /// The invalidation log's file, if it is to be kept in one.
  private static Optional<FileJournal> openJournal(ServerSettings settings) throws Missing {
    if (settings.invalidationLog() != LogStorage.FILE) {
      return Optional.empty();
    }
    FileJournal journal;
    try {
      journal = FileJournal.open(settings.dataDir().resolve("invalidations"));
    } catch (IOException e) {
      throw new Missing("data.dir: cannot keep the invalidation log: " + e.getMessage());
    }
    switch (journal.found()) {
      case JournalFound.Nothing _, JournalFound.Whole _ -> {}
      case JournalFound.TornTail(long bytes) ->
          log.atInfo()
              .addKeyValue("dropped_bytes", bytes)
              .log(
                  "the invalidation log's last write had been cut short, before it was"
                      + " acknowledged");
      case JournalFound.Damaged(Path keptAs, String where) ->
          log.atWarn()
              .addKeyValue("where", where)
              .addKeyValue("kept_as", keptAs)
              .log("the invalidation log was damaged: nothing cached before now is trusted");
    }
    return Optional.of(journal);
  }

  /// The log of a node that shares it with nobody.
  private static InvalidationLog ownLog(Optional<FileJournal> journal, TimeSource time) {
    return new InProcessInvalidationLog(
        journal
            .<InvalidationJournal>map(file -> file)
            .orElseGet(() -> InvalidationJournal.inMemory(time.now().toEpochMilli())),
        time);
  }

  private static ListenerTls readTls(ServerSettings settings, FileWatch files) throws Missing {
    return switch (ListenerTls.read(settings, files)) {
      case ListenerTls.Reading.Good good -> good.tls();
      case ListenerTls.Reading.Bad(var why) -> throw new Missing(why);
    };
  }

  private static List<OriginLink> readLinks(ServerSettings settings) throws Missing {
    List<OriginLink> links = new ArrayList<>();
    for (OriginLinkFiles link : settings.proxy().originConnections()) {
      switch (link.read()) {
        case OriginLinkFiles.Reading.Good(var good) -> links.add(good);
        case OriginLinkFiles.Reading.Bad(var why) ->
            throw new Missing("proxy.origin_connections: " + why);
      }
    }
    return links;
  }

  /// Closes what others stand on last.
  void close() {
    tiers.close();
    fleet.close();
    journal.ifPresent(Foundations::close);
  }

  private static void close(FileJournal journal) {
    try {
      journal.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("the invalidation log could not be closed");
    }
  }
}
