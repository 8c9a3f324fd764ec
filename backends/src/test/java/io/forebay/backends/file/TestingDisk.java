package io.forebay.backends.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The real disk, but it can be full, fail for good, and counts.
final class TestingDisk implements Disk {

  /// So many bytes can still be written.
  final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

  final AtomicInteger forces = new AtomicInteger();
  final AtomicInteger folderForces = new AtomicInteger();

  /// Files that were closed while some of what was written to them had not been forced.
  final AtomicInteger closedUnforced = new AtomicInteger();

  /// Whether nothing can be taken back either.
  volatile boolean stuck;

  @Override
  public End append(Path file) throws IOException {
    End real = Disk.REAL.append(file);
    return new End() {
      private volatile boolean unforced;

      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public void write(ByteBuffer bytes) throws IOException {
        unforced = true;
        long left = room.addAndGet(-bytes.remaining());
        if (left < 0) {
          int fits = (int) Math.max(0, left + bytes.remaining());
          room.set(0);
          real.write(bytes.slice(bytes.position(), fits));
          throw new IOException("No space left on device");
        }
        real.write(bytes);
      }

      @Override
      public void cut(long size) throws IOException {
        if (stuck) {
          throw new IOException("Input/output error");
        }
        real.cut(size);
      }

      @Override
      public void force() throws IOException {
        forces.incrementAndGet();
        real.force();
        unforced = false;
      }

      @Override
      public void close() throws IOException {
        if (unforced) {
          closedUnforced.incrementAndGet();
        }
        real.close();
      }
    };
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    folderForces.incrementAndGet();
    Disk.super.forceFolder(folder);
  }
}
