package io.forebay.proxy;

import io.forebay.cache.CacheStatistics;
import io.forebay.cache.Lease;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.route.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.awaitility.Awaitility;

/// One of two proxies that are asked the same, with its origin, and a connection that is kept as
/// long as the proxy lets it.
final class TwinWorld implements AutoCloseable {

  final ProxyUnderTest proxy;
  private final TwinConnection connection;

  /// An answer as it came, and its content.
  record Answer(String head, String body) {}

  /// How a client asks.
  interface TwinConnection extends AutoCloseable {

    /// Sends the requests in one go, cut at these places, and reads their answers; fewer if the
    /// connection ends before.
    List<Answer> ask(List<TwinRequest> requests, Set<Integer> cuts) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// @param connection to a port
  /// @param contents by path; may change
  TwinWorld(
      boolean fastHits,
      Lease lease,
      Function<Route, List<Route>> routes,
      Function<Integer, TwinConnection> connection,
      Map<String, TwinContent> contents)
      throws Exception {
    // All fetches for GET can be joined, and so be seen to end.
    CachePolicy policy = CachePolicy.defaults().toBuilder().doNotCollapseFor(Duration.ZERO).build();
    proxy = new ProxyUnderTest(policy, routes, ProxyUnderTest.connections(), fastHits, lease);
    proxy.origin.onAny(
        request -> contents.getOrDefault(request.path(), TwinContent.none()).answer(request));
    this.connection = connection.apply(proxy.port);
  }

  /// Returns when all is done that the requests have caused.
  List<Answer> ask(List<TwinRequest> requests, Set<Integer> cuts) throws IOException {
    List<Answer> answers = connection.ask(requests, cuts);
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() ->
            proxy.proxy.figures().fetchesUnderWay() == 0
                && proxy.proxy.figures().exchangesUnderWay() == 0
                && proxy.proxy.codingsUnderWay() == 0);
    return answers;
  }

  /// What does not depend on when the cache's upkeep comes round, nor on whether a page that was
  /// served stale was coded before its refresh replaced it.
  List<Long> counts() {
    CacheStatistics statistics = proxy.pages.statistics();
    return List.of(
        statistics.hits(),
        statistics.staleHits(),
        statistics.misses(),
        statistics.writes() - proxy.proxy.figures().pagesCoded());
  }

  /// What observers were told, in no order, without times.
  ///
  /// @param after so many
  List<String> told(int after) {
    return proxy.told(after);
  }

  @Override
  public void close() throws IOException {
    connection.close();
    proxy.close();
  }
}
