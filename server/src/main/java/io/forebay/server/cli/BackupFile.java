package io.forebay.server.cli;

import io.forebay.server.backup.BackupLines;
import io.forebay.server.backup.LineReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/// A backup in a file. While it is written it is called `FILE.part`, so that what is called `FILE`
/// is whole.
final class BackupFile implements BackupSink {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path file;
  private final Path part;
  private final OutputStream out;

  private BackupFile(Path file, Path part, OutputStream out) {
    this.file = file;
    this.part = part;
    this.out = out;
  }

  /// Begins anew.
  static BackupFile begin(Path file, boolean zipped) throws IOException {
    Path part = beside(file, ".part");
    OutputStream plain = new BufferedOutputStream(Files.newOutputStream(part), BUFFER_BYTES);
    return new BackupFile(file, part, zipped ? new GZIPOutputStream(plain, BUFFER_BYTES) : plain);
  }

  /// Goes on with what there is of one that broke off.
  ///
  /// @param each gets its whole lines
  /// @throws NoSuchFileException if there is none
  static BackupFile resume(Path file, boolean zipped, Consumer<byte[]> each) throws IOException {
    Path old = beside(file, ".part.old");
    if (!Files.exists(old)) { // else going on broke off as well, while it was copied
      Files.move(beside(file, ".part"), old);
    }
    BackupFile fresh = begin(file, zipped);
    try (InputStream in = open(old)) {
      LineReader lines = new LineReader(in, Integer.MAX_VALUE - 16);
      while (lines.next() instanceof LineReader.Line.Whole(long _, byte[] line, boolean isEnded)
          && isEnded
          && !BackupLines.isEnd(line)) {
        fresh.write(line);
        each.accept(line);
      }
    } catch (EOFException | ZipException whereItBrokeOff) {
      // What was read up to there is whole.
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
    Files.delete(old);
    return fresh;
  }

  /// A file's lines, whether it is compressed or not.
  static InputStream open(Path file) throws IOException {
    return unzipped(Files.newInputStream(file));
  }

  /// The same of any stream.
  static InputStream unzipped(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER_BYTES);
    in.mark(2);
    int first = in.read();
    int second = in.read();
    in.reset();
    return first == 0x1f && second == 0x8b ? new GZIPInputStream(in, BUFFER_BYTES) : in;
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  @Override
  public void write(byte[] line) throws IOException {
    out.write(line);
    out.write('\n');
  }

  @Override
  public void finish() throws IOException {
    out.close();
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Nothing came that would be worth going on with.
  void discard() throws IOException {
    out.close();
    Files.deleteIfExists(part);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
