package io.forebay.proxy.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks name servers (and the hosts file) for addresses and SRV records, and remembers nothing but
/// for how long the last answers may be believed.
///
/// For one thread at a time, a virtual one: it waits.
final class NameLookup implements AutoCloseable {

  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(10);

  private final DnsNameResolver resolver;
  private final TimesToLive timesToLive = new TimesToLive();

  /// @param servers empty for the system's
  NameLookup(Vertx vertx, List<InetSocketAddress> servers) {
    VertxInternal internal = (VertxInternal) vertx;
    EventLoop eventLoop = internal.nettyEventLoopGroup().next();
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder(eventLoop)
            .datagramChannelFactory(internal.transport().datagramChannelFactory())
            .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
            .completeOncePreferredResolved(false)
            .queryTimeoutMillis(QUERY_TIMEOUT.toMillis())
            .resolveCache(timesToLive)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
    if (!servers.isEmpty()) {
      builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(servers));
    }
    resolver = builder.build();
  }

  /// One record (RFC 2782).
  record Service(int priority, int weight, int port, String target) {}

  /// All addresses of the name, of both families.
  ///
  /// @throws IOException if there is none, or nobody answered
  List<InetAddress> addresses(String name) throws IOException {
    return wait(resolver.resolveAll(name), name);
  }

  /// All SRV records of the name.
  ///
  /// @throws IOException if there is none, or nobody answered
  List<Service> services(String name) throws IOException {
    List<Service> services = new ArrayList<>();
    List<DnsRecord> records =
        wait(resolver.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV)), name);
    try {
      for (DnsRecord record : records) {
        if (record instanceof DnsRawRecord raw && raw.type().equals(DnsRecordType.SRV)) {
          services.add(service(raw.content()));
          timesToLive.note(raw.timeToLive());
        }
      }
    } catch (RuntimeException e) {
      throw new IOException(name + " has an SRV record that cannot be read", e);
    } finally {
      records.forEach(ReferenceCountUtil::release);
    }
    return services;
  }

  private static Service service(ByteBuf content) {
    int priority = content.readUnsignedShort();
    int weight = content.readUnsignedShort();
    int port = content.readUnsignedShort();
    return new Service(priority, weight, port, DefaultDnsRecordDecoder.decodeName(content));
  }

  private static <T> T wait(Future<T> answer, String name) throws IOException {
    try {
      if (!answer.await(LOOKUP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        answer.cancel(true);
        throw new IOException("no answer about " + name + " came within " + LOOKUP_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while looking up " + name, e);
    }
    if (!answer.isSuccess()) {
      throw new IOException(String.valueOf(answer.cause().getMessage()), answer.cause());
    }
    return answer.getNow();
  }

  /// The shortest time to live of all answers since this was asked last; null if there was none, as
  /// for the hosts file.
  @Nullable Duration timeToLive() {
    return timesToLive.take();
  }

  @Override
  public void close() {
    resolver.close();
  }

  /// Netty's resolver tells nobody but its cache how long an answer lives.
  private static final class TimesToLive implements DnsCache {

    private static final long NONE = Long.MAX_VALUE;

    // Guarded by this.
    private long shortestSeconds = NONE;

    synchronized void note(long seconds) {
      shortestSeconds = Math.min(shortestSeconds, seconds);
    }

    synchronized @Nullable Duration take() {
      long seconds = shortestSeconds;
      shortestSeconds = NONE;
      return seconds == NONE ? null : Duration.ofSeconds(seconds);
    }

    private record Entry(@Nullable InetAddress address, @Nullable Throwable cause)
        implements DnsCacheEntry {}

    @Override
    public DnsCacheEntry cache(
        String hostname,
        DnsRecord[] additionals,
        InetAddress address,
        long originalTtl,
        EventLoop loop) {
      note(originalTtl);
      return new Entry(address, null);
    }

    @Override
    public DnsCacheEntry cache(
        String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
      return new Entry(null, cause);
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
      return null;
    }

    @Override
    public void clear() {}

    @Override
    public boolean clear(String hostname) {
      return false;
    }
  }
}
