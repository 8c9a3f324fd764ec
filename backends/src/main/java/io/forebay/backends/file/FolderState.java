package io.forebay.backends.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.calls.MachineRun;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// What a folder says of how its files were left:
///
/// ```
/// forebay-tier 1 SEED clean
/// forebay-tier 1 SEED open BOOT forced|unforced
/// ```
///
/// Whatever a process wrote is in its files when it ends, however it ends; but not when the machine
/// does. So unless everything was forced to the disk, files that were open in another run of the
/// machine are not trusted: the newest removal may be the one that is missing.
///
/// @param seed of [KeyHash]
record FolderState(long seed, boolean trusted) {

  private static final String FILE = "state";
  private static final String MARK = "forebay-tier 1 ";

  /// Keeps other processes out while it is open.
  ///
  /// @throws IOException if another process is in
  static FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve("lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ours) {
      // Another tier of this process has it: the same answer.
    }
    channel.close();
    throw new IOException(file + " is locked: another process uses this folder");
  }

  static FolderState read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    String[] words =
        Files.exists(file) ? Files.readString(file, UTF_8).strip().split(" ", -1) : new String[0];
    FolderState unknown = new FolderState(ThreadLocalRandom.current().nextLong(), false);
    if (words.length < 4 || !(words[0] + " " + words[1] + " ").equals(MARK)) {
      return unknown;
    }
    try {
      long seed = Long.parseLong(words[2]);
      boolean trusted =
          words[3].equals("clean")
              || (words.length == 6
                  && (words[5].equals("forced") || MachineRun.id().equals(Optional.of(words[4]))));
      return new FolderState(seed, trusted);
    } catch (NumberFormatException e) {
      return unknown;
    }
  }

  static void open(Path folder, long seed, boolean forced) throws IOException {
    write(
        folder, seed + " open " + MachineRun.id().orElse("?") + (forced ? " forced" : " unforced"));
  }

  static void closed(Path folder, long seed) throws IOException {
    write(folder, seed + " clean");
  }

  private static void write(Path folder, String words) throws IOException {
    Path prepared = folder.resolve(FILE + ".new");
    try (FileChannel channel =
        FileChannel.open(
            prepared,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(UTF_8.encode(MARK + words + "\n"));
      channel.force(false);
    }
    Files.move(prepared, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    Disk.REAL.forceFolder(folder);
  }
}
