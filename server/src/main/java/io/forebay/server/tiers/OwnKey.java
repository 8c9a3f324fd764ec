package io.forebay.server.tiers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/// A key that a node makes for itself, once, in a file that only its user may read. Without the
/// file, what was encrypted by it is as good as gone.
final class OwnKey {

  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rw-------");
  private static final int KEY_BYTES = 32;

  private OwnKey() {}

  /// Makes the file if there is none.
  static void makeIn(Path file) throws Tiers.Refused {
    if (Files.exists(file)) {
      return;
    }
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    String text =
        """
        # Made by this node (tiers.own_encryption_key). Keep it with data.dir; a new key goes on the first line.
        own:%s
        """
            .formatted(Base64.getEncoder().encodeToString(key));
    Path prepared = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(prepared);
      Files.createFile(prepared, PosixFilePermissions.asFileAttribute(OURS_ALONE));
      Files.writeString(prepared, text, UTF_8);
      try (FileChannel channel = FileChannel.open(prepared, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(prepared, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Tiers.Refused(
          "tiers.own_encryption_key: cannot keep a key in " + file.toAbsolutePath() + ": " + e);
    }
  }
}
