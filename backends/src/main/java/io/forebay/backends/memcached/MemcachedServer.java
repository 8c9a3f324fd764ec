package io.forebay.backends.memcached;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.GuardedCalls;
import io.forebay.backends.calls.KeptOpen;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierObserver;

/// One of the servers, with the session that is kept open to it.
final class MemcachedServer implements AutoCloseable {

  private final MemcachedServers.Address address;
  private final KeptOpen<MetaSession> link;
  private final GuardedCalls calls;

  MemcachedServer(
      MemcachedServers.Address address, MemcachedSettings settings, TierObserver observer) {
    this.address = address;
    this.link = new KeptOpen<>("forebay-memcached-link", () -> MetaSession.open(address, settings));
    this.calls = new GuardedCalls("memcached " + address, settings.deadline(), observer);
  }

  MemcachedServers.Address address() {
    return address;
  }

  KeptOpen<MetaSession> link() {
    return link;
  }

  GuardedCalls calls() {
    return calls;
  }

  MetaSession session() throws CallFailed {
    return link.session()
        .orElseThrow(() -> new CallFailed(Kind.DISCONNECTED, address + ": " + link.trouble()));
  }

  /// How much of a key's weight this server has; the one with most has the key. So each key has its
  /// server whatever the order in which they are named.
  long weight(String name) {
    long hash = 0xcbf29ce484222325L; // FNV-1a, 64 bits
    String text = address + " " + name;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL; // murmur3's finish
    return hash ^ (hash >>> 33);
  }

  @Override
  public void close() {
    link.close();
  }
}
