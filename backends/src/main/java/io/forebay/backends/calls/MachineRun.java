package io.forebay.backends.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Which run of the machine this is: what a process wrote and did not force to the disk is still
/// there after the process has ended, but not after the machine has.
public final class MachineRun {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private MachineRun() {}

  /// Another after each start of the machine; empty where nobody says.
  public static Optional<String> id() throws IOException {
    return Files.isReadable(BOOT_ID)
        ? Optional.of(Files.readString(BOOT_ID, UTF_8).strip())
        : Optional.empty();
  }
}
