package io.forebay.proxy.origin;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Looks for what one source names; used by one virtual thread, which it may keep waiting.
interface Finder extends AutoCloseable {

  /// What was found, as sources in which nothing is left to be looked for but by other finders.
  ///
  /// @param again when to look again
  record Found(List<OriginSource> sources, Duration again) {}

  /// @throws IOException saying, for people, why nothing was found
  Found look() throws IOException;

  @Override
  void close();

  /// The finder for a source; empty for an origin at an address.
  static Optional<Finder> of(
      OriginSource source,
      PoolSettings.Finding finding,
      Vertx vertx,
      List<InetSocketAddress> nameServers) {
    return switch (source) {
      case OriginSource.Listed _ -> Optional.empty();
      case OriginSource.Named(var named) ->
          Optional.of(new OfName(named, finding, new NameLookup(vertx, nameServers)));
      case OriginSource.Service service ->
          Optional.of(new OfService(service, finding, new NameLookup(vertx, nameServers)));
      case OriginSource.InFile(var path) -> Optional.of(new OfFile(path));
    };
  }

  /// The addresses of a name.
  record OfName(ListedOrigin named, PoolSettings.Finding finding, NameLookup lookup)
      implements Finder {

    @Override
    public Found look() throws IOException {
      List<OriginSource> found = at(named, lookup, finding.family());
      return new Found(inOrder(found), again(lookup, finding));
    }

    @Override
    public void close() {
      lookup.close();
    }
  }

  /// The targets of SRV records, and their addresses.
  record OfService(OriginSource.Service service, PoolSettings.Finding finding, NameLookup lookup)
      implements Finder {

    @Override
    public Found look() throws IOException {
      List<OriginSource> found = new ArrayList<>();
      for (NameLookup.Service record : lookup.services(service.name())) {
        // RFC 2782: a lone dot says that there is no such service.
        String target = record.target().replaceFirst("\\.$", "");
        if (!target.isEmpty() && record.port() > 0) {
          Origin origin = new Origin(target, record.port(), service.tls());
          ListedOrigin listed =
              new ListedOrigin(origin, Math.max(1, record.weight()), record.priority());
          found.addAll(at(listed, lookup, finding.family()));
        }
      }
      return new Found(inOrder(found), again(lookup, finding));
    }

    @Override
    public void close() {
      lookup.close();
    }
  }

  /// The lines of a file.
  record OfFile(String path) implements Finder {

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    @Override
    public Found look() throws IOException {
      return switch (OriginFile.read(path)) {
        case OriginFile.Reading.Read(var sources) -> new Found(sources, INTERVAL);
        case OriginFile.Reading.Wrong(var why) -> throw new IOException(why);
      };
    }

    @Override
    public void close() {}
  }

  /// At each address of its name; those of the family that comes second get the next priority.
  private static List<OriginSource> at(
      ListedOrigin named, NameLookup lookup, PoolSettings.AddressFamily family) throws IOException {
    List<OriginSource> found = new ArrayList<>();
    for (InetAddress address : lookup.addresses(named.origin().host())) {
      boolean isSecond =
          switch (family) {
            case IPV4_FIRST -> !(address instanceof Inet4Address);
            case IPV6_FIRST -> address instanceof Inet4Address;
            case ANY -> false;
          };
      ListedOrigin at = named.at(Objects.requireNonNull(address.getHostAddress()));
      found.add(new OriginSource.Listed(isSecond ? at.withPriority(at.priority() + 1) : at));
    }
    return found;
  }

  /// Name servers turn their answers round.
  private static List<OriginSource> inOrder(List<OriginSource> found) {
    return found.stream().sorted(Comparator.comparing(Object::toString)).toList();
  }

  private static Duration again(NameLookup lookup, PoolSettings.Finding finding) {
    Duration shortest = Duration.ofSeconds(1);
    Duration timeToLive = lookup.timeToLive();
    if (timeToLive == null || timeToLive.compareTo(finding.interval()) > 0) {
      return finding.interval();
    }
    return timeToLive.compareTo(shortest) < 0 ? shortest : timeToLive;
  }
}
