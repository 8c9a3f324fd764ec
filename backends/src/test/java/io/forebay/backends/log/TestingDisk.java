package io.forebay.backends.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The real disk, but it can be full, slow, and counted.
final class TestingDisk implements Disk {

  /// So many bytes can still be written.
  final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

  final AtomicInteger forces = new AtomicInteger();

  /// Each force takes a permit.
  final Semaphore permits = new Semaphore(Integer.MAX_VALUE / 2);

  @Override
  public End open(Path file, StandardOpenOption... options) throws IOException {
    End real = Disk.REAL.open(file, options);
    return new End() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        long left = room.addAndGet(-bytes.remaining());
        if (left < 0) {
          ByteBuffer part = bytes.slice(bytes.position(), (int) (left + bytes.remaining()));
          room.set(0);
          real.write(part);
          throw new IOException("No space left on device");
        }
        real.write(bytes);
      }

      @Override
      public void force() throws IOException {
        permits.acquireUninterruptibly();
        forces.incrementAndGet();
        real.force();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }
}
