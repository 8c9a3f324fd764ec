package io.forebay.server.tiers;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// A list of keys in a file: a mark, their number, and each as UTF-8 behind its length. A hint, so
/// it is not forced to the disk, and one that cannot be read is none.
final class KeyList {

  private static final int MARK = 0x46624B31; // "FbK1"
  private static final int LONGEST_KEY = 1 << 16;

  private KeyList() {}

  static void write(Path file, List<String> keys) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path prepared = file.resolveSibling(file.getFileName() + ".new");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(prepared)))) {
      out.writeInt(MARK);
      out.writeInt(keys.size());
      for (String key : keys) {
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
    }
    Files.move(prepared, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// The keys in the file; nothing if there is none.
  ///
  /// @throws IOException if it cannot be read, or is no such list
  static List<String> read(Path file, int most) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      if (in.readInt() != MARK) {
        throw new IOException("it is no list of keys of this version");
      }
      int count = Math.min(in.readInt(), most);
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int length = in.readInt();
        if (length < 1 || length > LONGEST_KEY) {
          throw new IOException("it is damaged");
        }
        keys.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
      }
      return keys;
    }
  }
}
