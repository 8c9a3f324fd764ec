package io.forebay.server.tiers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.regex.Pattern;

/// A name that no other node has, kept in a file beside the invalidation log: what is only guarded
/// by that log is kept under that name.
final class NodeId {

  private static final Pattern FORM = Pattern.compile("[0-9a-z]{13}");

  private NodeId() {}

  /// The name in this folder, made if there is none.
  static String in(Path folder) throws IOException {
    Path file = folder.resolve("node-id");
    if (Files.exists(file)) {
      String found = Files.readString(file, UTF_8).strip();
      if (FORM.matcher(found).matches()) {
        return found;
      }
      throw new IOException(file + " does not hold a node's name; delete it to get another");
    }
    String made =
        String.format(Locale.ROOT, "%13s", Long.toUnsignedString(new SecureRandom().nextLong(), 36))
            .replace(' ', '0');
    Path prepared = folder.resolve("node-id.new");
    Files.writeString(prepared, made + "\n", UTF_8);
    try (FileChannel channel = FileChannel.open(prepared, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(prepared, file, StandardCopyOption.ATOMIC_MOVE);
    return made;
  }
}
