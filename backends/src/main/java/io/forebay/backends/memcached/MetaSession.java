package io.forebay.backends.memcached;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.KeptOpen;
import io.forebay.cache.tier.TierFailure.Kind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One connection to one run of one Memcached server. It never opens again by itself: so an item's
/// number that came through it is of this run, and what lies unsent in it when it breaks is never
/// done.
///
/// Commands of many threads are sent one after the other without waiting for answers; one virtual
/// thread writes whatever has come since its last write, another reads. Commands under way are
/// bounded in number and bytes.
///
/// Thread-safe.
final class MetaSession implements KeptOpen.Session {

  private static final int BYTES_WAITING = 64 << 20;

  private final Socket socket;
  private final ServerTraits traits;
  private final int maxCalls;
  private final Duration patience;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition toSend = lock.newCondition();

  // Under the lock.
  private final Deque<byte[]> unsent = new ArrayDeque<>();
  private final Deque<CompletableFuture<MetaAnswer>> unanswered = new ArrayDeque<>();
  private long unsentBytes;
  private volatile boolean open = true;

  private MetaSession(Socket socket, ServerTraits traits, int maxCalls, Duration patience) {
    this.socket = socket;
    this.traits = traits;
    this.maxCalls = maxCalls;
    this.patience = patience;
  }

  /// Connects, says who we are, and finds out what the server can do.
  static MetaSession open(MemcachedServers.Address address, MemcachedSettings settings)
      throws KeptOpen.Unusable {
    int patience = Math.toIntExact(settings.connectTimeout().toMillis());
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address.host(), address.port()), patience);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(patience);
      MetaReader reader = new MetaReader(socket.getInputStream());
      ServerTraits traits =
          ServerTraits.ask(socket.getOutputStream(), reader, settings.servers().login());
      socket.setSoTimeout(0);
      MetaSession session =
          new MetaSession(socket, traits, settings.maxCalls(), settings.connectTimeout());
      Thread.ofVirtual().name("forebay-memcached-reader").start(() -> session.read(reader));
      Thread.ofVirtual().name("forebay-memcached-writer").start(session::write);
      return session;
    } catch (IOException e) {
      closeQuietly(socket);
      throw new KeptOpen.Unusable(Deadline.words(e));
    } catch (KeptOpen.Unusable e) {
      closeQuietly(socket);
      throw e;
    }
  }

  ServerTraits traits() {
    return traits;
  }

  /// Puts a command on its way.
  Future<MetaAnswer> send(byte[] command) throws CallFailed {
    return send(List.of(command)).getFirst();
  }

  /// Puts commands on their way, one directly behind the other.
  List<Future<MetaAnswer>> send(List<byte[]> commands) throws CallFailed {
    List<Future<MetaAnswer>> answers = new ArrayList<>(commands.size());
    lock.lock();
    try {
      if (!open) {
        throw new CallFailed(Kind.DISCONNECTED, "the connection was lost");
      }
      if (unanswered.size() + commands.size() > maxCalls || unsentBytes > BYTES_WAITING) {
        throw new CallFailed(Kind.BUSY, "too many commands are under way");
      }
      for (byte[] command : commands) {
        CompletableFuture<MetaAnswer> answer = new CompletableFuture<>();
        unsent.addLast(command);
        unsentBytes += command.length;
        unanswered.addLast(answer);
        answers.add(answer);
      }
      toSend.signal();
      return answers;
    } finally {
      lock.unlock();
    }
  }

  // ---- the two threads

  private void write() {
    try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 << 10)) {
      for (List<byte[]> next = take(); !next.isEmpty(); next = take()) {
        for (byte[] command : next) {
          out.write(command);
        }
        out.flush();
      }
    } catch (IOException e) {
      end(e);
    }
  }

  /// What there is to send; waits for it. Empty at the end.
  private List<byte[]> take() {
    lock.lock();
    try {
      while (unsent.isEmpty() && open) {
        toSend.awaitUninterruptibly();
      }
      List<byte[]> taken = open ? List.copyOf(unsent) : List.of();
      unsent.clear();
      unsentBytes = 0;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void read(MetaReader reader) {
    try {
      while (true) {
        MetaAnswer answer = reader.next();
        CompletableFuture<MetaAnswer> waiting;
        lock.lock();
        try {
          waiting = unanswered.pollFirst();
        } finally {
          lock.unlock();
        }
        if (waiting == null) {
          throw new IOException("it answered without being asked");
        }
        waiting.complete(answer);
      }
    } catch (IOException | RuntimeException e) {
      end(e);
    }
  }

  private void end(Exception why) {
    List<CompletableFuture<MetaAnswer>> lost;
    lock.lock();
    try {
      open = false;
      lost = List.copyOf(unanswered);
      unanswered.clear();
      unsent.clear();
      toSend.signal();
    } finally {
      lock.unlock();
    }
    CallFailed failure = new CallFailed(Kind.BROKEN, Deadline.words(why));
    lost.forEach(answer -> answer.completeExceptionally(failure));
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more in either case.
    }
  }

  // ---- as a session

  @Override
  public void check() throws KeptOpen.Unusable, InterruptedException {
    try {
      var _ = send(MetaCommand.nothing()).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new KeptOpen.Unusable("no answer in " + patience.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new KeptOpen.Unusable(Deadline.words(e));
    } catch (CallFailed e) {
      if (e.failure().kind() != Kind.BUSY) { // busy is not gone
        throw new KeptOpen.Unusable(Deadline.words(e));
      }
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    end(new IOException("closed"));
  }

  /// What a server can do, asked once.
  ///
  /// @param largestItem bytes, of all that belongs to an item
  record ServerTraits(String version, int largestItem) {

    static ServerTraits ask(
        OutputStream out, MetaReader reader, Optional<MemcachedServers.Login> login)
        throws IOException, KeptOpen.Unusable {
      if (login.isPresent()) {
        out.write(MetaCommand.login(login.get()));
        out.flush();
        String answer = reader.line();
        if (!answer.equals("STORED")) {
          throw KeptOpen.Unusable.forGood("it does not let us in: " + answer);
        }
      }
      out.write(MetaCommand.line("version"));
      out.write(MetaCommand.line("stats settings"));
      out.flush();
      String version = version(reader.line());
      int largest = 0;
      for (String line = reader.line(); !line.equals("END"); line = reader.line()) {
        if (line.equals("STAT cas_enabled no")) {
          throw KeptOpen.Unusable.forGood(
              "it was started with -C, without which it cannot compare");
        }
        if (line.startsWith("STAT item_size_max ")) {
          largest = Integer.parseInt(line.substring("STAT item_size_max ".length()));
        }
        if (!line.startsWith("STAT ")) {
          throw new KeptOpen.Unusable("it answered: " + line);
        }
      }
      if (largest == 0) {
        throw new KeptOpen.Unusable("it does not tell how large an item may be");
      }
      return new ServerTraits(version, largest);
    }

    private static String version(String line) throws KeptOpen.Unusable {
      if (line.startsWith("CLIENT_ERROR unauth")) {
        throw KeptOpen.Unusable.forGood("it wants a user and a password");
      }
      String[] parts = line.replace("VERSION ", "").split("[.]", -1);
      try {
        int major = Integer.parseInt(parts[0]);
        int minor = Integer.parseInt(parts[1]);
        if (!line.startsWith("VERSION ") || major < 1 || (major == 1 && minor < 6)) {
          throw KeptOpen.Unusable.forGood("it is " + line + "; memcached 1.6 or newer is needed");
        }
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException notItself) {
        throw new KeptOpen.Unusable(
            "it answered " + line + "; a memcached is needed, without a proxy before it");
      }
      return line.substring("VERSION ".length());
    }
  }
}
