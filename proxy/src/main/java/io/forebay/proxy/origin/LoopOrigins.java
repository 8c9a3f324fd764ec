package io.forebay.proxy.origin;

import io.forebay.proxy.scan.ResponseScan;
import io.forebay.proxy.socket.Loops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Origins as one event loop asks them, without a thread: plain HTTP/1.1 to addresses that are
/// known, over connections of the loop's own. Which origin gets a request, and what its answer says
/// of the origin's health, is the [Pool]'s as for all others.
///
/// Only what goes well is gone through here; anything else is handed over ([FirstAttempt]).
///
/// **Bounds.** Loops together have no more connections to an origin than it may have requests under
/// way; those of [OriginClient] come on top, as far as both have been needed. Deadlines are kept to
/// a quarter of a second.
public final class LoopOrigins {

  /// Longer heads are Netty's.
  private static final int MOST_PLAIN_BYTES = 8 * 1024;

  private static final long TICK_MILLIS = 250;

  /// Requests that are for one client, and can be repeated.
  private static final Wish WISH = new Wish(Errand.forClient(false), true, List.of());

  private final EventLoop loop;
  private final OriginPools pools;
  private final OriginConnections connections;
  private final InstantSource clock;
  private final HttpDecoderConfig decoding;
  private final byte[] headBytes;
  private final ResponseScan scan;
  private final Bootstrap bootstrap;
  private final Map<Member, Deque<LoopConnection>> idle = new HashMap<>();
  private final List<LoopConnection> open = new ArrayList<>();
  private @Nullable ScheduledFuture<?> ticking;
  private long lastTick = System.nanoTime();
  private boolean isClosed;

  // Of one member, which saves most look-ups.
  private @Nullable Member lastMember;
  private Deque<LoopConnection> lastIdle = new ArrayDeque<>();

  // The origins that were looked at last, and whether all of them can be asked from here.
  private Members lastMembers = Members.NONE;
  private boolean isReachable;

  LoopOrigins(
      EventLoop loop,
      ChannelFactory<? extends Channel> channels,
      OriginPools pools,
      OriginConnections connections,
      int maxHeaderBytes,
      InstantSource clock) {
    this.loop = loop;
    this.pools = pools;
    this.connections = connections;
    this.clock = clock;
    this.decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(maxHeaderBytes)
            .setMaxHeaderSize(maxHeaderBytes)
            .setMaxChunkSize(64 * 1024);
    this.headBytes = new byte[Math.min(maxHeaderBytes, MOST_PLAIN_BYTES)];
    this.scan = new ResponseScan(headBytes.length);
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(channels)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    // Its handlers come when it is connected.
                  }
                });
  }

  /// Takes a place at an origin for a GET without content, as [OriginDispatch] would, if there is
  /// one at once and all of the pool's origins can be asked from here; else null.
  public @Nullable LoopRequest enter(PoolSettings settings, OriginTimeouts timeouts) {
    Pool pool = pools.of(settings);
    if (isClosed || !isReachable(pool.members())) {
      return null;
    }
    Slot slot = pool.takeAtOnce(WISH);
    return slot == null ? null : new LoopRequest(this, slot, timeouts);
  }

  @SuppressWarnings("ReferenceEquality") // they are replaced as a whole
  private boolean isReachable(Members members) {
    if (members != lastMembers) {
      lastMembers = members;
      isReachable =
          members.all().stream()
              .map(Member::origin)
              .allMatch(
                  origin -> !origin.tls() && origin.hasAddress() && connections.isUsual(origin));
    }
    return isReachable;
  }

  // ---- what its connections share, one after another

  byte[] headBytes() {
    return headBytes;
  }

  ResponseScan scan() {
    return scan;
  }

  HttpDecoderConfig decoding() {
    return decoding;
  }

  Instant now() {
    return clock.instant();
  }

  // ---- connections

  /// The one that was used last: the others may be let go.
  @SuppressWarnings("ReferenceEquality") // the very one
  @Nullable LoopConnection takeIdle(Member member) {
    Deque<LoopConnection> there = member == lastMember ? lastIdle : idle.get(member);
    if (there == null) {
      return null;
    }
    LoopConnection taken = there.pollLast();
    while (taken != null && !taken.isOpen()) {
      taken = there.pollLast();
    }
    return taken;
  }

  void giveBack(LoopConnection free) {
    if (isClosed) {
      free.close();
    } else {
      idleOf(free.member()).addLast(free);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very one
  private Deque<LoopConnection> idleOf(Member member) {
    if (member != lastMember) {
      lastIdle = idle.computeIfAbsent(member, _ -> new ArrayDeque<>());
      lastMember = member;
    }
    return lastIdle;
  }

  /// Takes the right to make one more connection, if there is one.
  boolean reserve(Slot slot) {
    AtomicInteger connections = slot.member().loopConnections();
    if (connections.incrementAndGet() <= slot.limits().requestsPerOrigin()) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  /// What becomes of a connection that is being made.
  interface Connecting {
    void connected(LoopConnection made);

    void failed(Throwable cause);
  }

  /// Makes a connection for which there is a right.
  void connect(Member member, OriginTimeouts timeouts, Connecting connecting) {
    Origin origin = member.origin();
    var pending =
        bootstrap
            .clone()
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(Integer.MAX_VALUE, timeouts.connect().toMillis()))
            .connect(new InetSocketAddress(origin.address(), origin.port()));
    pending.addListener(_ -> {
      if (pending.isSuccess() && !isClosed) {
        connecting.connected(connected(member, pending.channel()));
        return;
      }
      member.loopConnections().decrementAndGet();
      connecting.failed(
          pending.isSuccess() ? new ConnectException("the proxy is closed") : pending.cause());
      var _ = pending.channel().close();
    });
  }

  private LoopConnection connected(Member member, Channel channel) {
    LoopConnection made = new LoopConnection(this, member, channel);
    channel.pipeline().addLast(made);
    member.connections().incrementAndGet();
    open.add(made);
    if (ticking == null) {
      lastTick = System.nanoTime();
      ticking =
          loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
    return made;
  }

  /// A connection was closed, by whomever.
  void gone(LoopConnection closed) {
    Member member = closed.member();
    member.connections().decrementAndGet();
    member.loopConnections().decrementAndGet();
    open.remove(closed);
    Deque<LoopConnection> there = idleOf(member);
    there.remove(closed);
    if (there.isEmpty()) {
      idle.remove(member);
      lastMember = null;
    }
    if (open.isEmpty() && ticking != null) {
      ticking.cancel(false);
      ticking = null;
    }
  }

  /// About now, for what need not be exact.
  long lastTick() {
    return lastTick;
  }

  private void tick() {
    long now = System.nanoTime();
    lastTick = now;
    List.copyOf(open).forEach(connection -> connection.tick(now));
  }

  /// Lets go of all connections; on any thread.
  void close() {
    Loops.execute(
        loop,
        () -> {
          isClosed = true;
          List.copyOf(open).forEach(LoopConnection::close);
        });
  }
}
