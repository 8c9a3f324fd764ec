package io.forebay.server.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Visitors of the [DemoShop]: a bounded number of requests a second for a bounded time, products
/// by Zipf's law.
final class DemoTraffic implements AutoCloseable {

  private static final int VISITORS = 4;

  private final String proxy;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile boolean over;

  /// @param proxy base URL, without a slash at the end
  DemoTraffic(String proxy) {
    this.proxy = proxy;
  }

  /// Starts the visitors; returns at once.
  ///
  /// @param perSecond requests a second, all visitors together
  void start(int perSecond, Duration span) {
    long end = System.nanoTime() + span.toNanos();
    for (int visitor = 0; visitor < VISITORS; visitor++) {
      Random random = new Random(visitor);
      Thread.ofVirtual()
          .name("demo-visitor-" + visitor)
          .start(() -> visit(random, perSecond / (double) VISITORS, end));
    }
  }

  private void visit(Random random, double perSecond, long end) {
    while (!over && System.nanoTime() - end < 0) {
      requests.increment();
      try {
        client.send(request(random), HttpResponse.BodyHandlers.discarding());
        // Poisson arrivals: exponential gaps.
        TimeUnit.MICROSECONDS.sleep((long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e6));
      } catch (IOException e) {
        failures.increment();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private HttpRequest request(Random random) {
    int choice = random.nextInt(100);
    if (choice < 2) {
      return HttpRequest.newBuilder(URI.create(proxy + "/products/" + product(random)))
          .PUT(HttpRequest.BodyPublishers.noBody())
          .timeout(Duration.ofSeconds(5))
          .build();
    }
    String path =
        choice < 15
            ? "/"
            : choice < 35
                ? "/categories/" + DemoShop.CATEGORIES.get(random.nextInt(4))
                : choice < 40
                    ? "/cart"
                    : choice < 50 ? "/style.css" : "/products/" + product(random);
    return HttpRequest.newBuilder(URI.create(proxy + path)).timeout(Duration.ofSeconds(5)).build();
  }

  /// Zipf with exponent about 1: the logarithm of the rank is uniform.
  private static int product(Random random) {
    return (int)
        Math.min(
            DemoShop.PRODUCTS, Math.exp(random.nextDouble() * Math.log(DemoShop.PRODUCTS + 1)));
  }

  long requests() {
    return requests.sum();
  }

  long failures() {
    return failures.sum();
  }

  @Override
  public void close() {
    over = true;
    client.close();
  }
}
