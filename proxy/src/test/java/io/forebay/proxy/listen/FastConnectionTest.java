package io.forebay.proxy.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.Freshness;
import io.forebay.http.caching.FreshnessSource;
import io.forebay.http.caching.StaleSource;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageLoad;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteTable;
import io.forebay.proxy.route.Routes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The handler alone, in a pipeline with Vert.x's names and a clock that is set by hand.
class FastConnectionTest {

  private static final String HIT = "GET /p HTTP/1.1\r\nHost: a.example\r\n\r\n";

  private final TestingTimeSource time = new TestingTimeSource();
  private final Cache<String, Page> cache =
      CacheBuilder.<Page>withTextKeys("pages").maxEntries(10).timeSource(time).build();
  private final PageStore pages = new PageStore(cache, time);
  private final List<Object> behind = new ArrayList<>();
  private final TestingBound bound = new TestingBound();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  private static final class TestingBound implements FastConnection.ExchangeBound {
    private boolean hasRoom = true;

    @Override
    public boolean hasRoom() {
      return hasRoom;
    }

    @Override
    public void begin() {}

    @Override
    public void end() {}
  }

  private final class Behind extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      behind.add(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      behind.add(event);
    }
  }

  FastConnectionTest() {
    store();
    channel.freezeTime();
    channel.pipeline().addLast("httpDecoder", new VertxHttpRequestDecoder(new Http1ServerConfig()));
    channel.pipeline().addLast("httpEncoder", new HttpResponseEncoder());
    channel.pipeline().addLast("idle", new IdleStateHandler(0, 0, 10, TimeUnit.SECONDS));
    channel.pipeline().addLast("handler", new Behind());
    FastPath path =
        new FastPath(
            new RouteTable(new Routes(List.of(route()))),
            pages,
            TagFields.STRIP,
            ExchangeObserver.NONE,
            time);
    FastConnection.install(channel, new FastLoop(path, "http", 8_192, null), bound);
  }

  private static Route route() {
    Duration second = Duration.ofSeconds(1);
    return new Route(
        "all",
        Optional.empty(),
        "/*",
        PoolSettings.of("all", List.of(new Origin("127.0.0.1", 80, false))),
        new OriginTimeouts(second, second, second),
        CachePolicy.defaults(),
        1);
  }

  private void store() {
    Freshness freshness =
        new Freshness(
            Duration.ofHours(1),
            FreshnessSource.MAX_AGE,
            Duration.ZERO,
            StaleSource.NONE,
            Duration.ZERO,
            StaleSource.NONE,
            Duration.ZERO,
            false,
            false);
    CacheKey key = CacheKey.of("http", "a.example", "/p");
    PageLoad load = pages.beginLoad(key);
    Page.Stored page =
        new Page.Stored(
            new ResponseHead(200, HttpFields.of("Cache-Control", "max-age=3600")),
            "",
            freshness,
            Duration.ZERO,
            time.nanoTime(),
            load.number(),
            HttpFields.none(),
            "hello".getBytes(ISO_8859_1));
    pages.store(load, key, page, List.of(), Duration.ZERO);
    load.abandon();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    cache.close();
  }

  private Optional<String> answer() {
    ByteBuf written = channel.readOutbound();
    if (written == null) {
      return Optional.empty();
    }
    String text = written.toString(ISO_8859_1);
    written.release();
    return Optional.of(text);
  }

  private void send(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
  }

  @Test
  void aHitIsWrittenAsTheCodecWouldWriteIt() {
    time.advance(Duration.ofMillis(12_500));
    send(HIT);
    assertThat(answer())
        .hasValue(
            "HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nAge: 12\r\n"
                + "Cache-Status: forebay; hit; ttl=3587\r\nContent-Length: 5\r\n\r\nhello");
    assertThat(behind).isEmpty();
  }

  @Test
  void hitsKeepAConnectionFromBeingIdle() {
    for (int i = 0; i < 5; i++) {
      channel.advanceTimeBy(8, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
      send(HIT);
      assertThat(answer()).isPresent();
    }
    assertThat(behind).isEmpty();
    channel.advanceTimeBy(11, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(behind).hasSize(1).first().isInstanceOf(IdleStateEvent.class);
  }

  @Test
  void withoutRoomForAnExchangeAHitIsTheOtherPaths() {
    bound.hasRoom = false;
    send(HIT);
    assertThat(answer()).isEmpty();
    assertThat(behind).hasSize(2);
  }

  @Test
  void whatIsNotStoredIsTheCodecsToTheByte() {
    send("GET /other HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n");
    assertThat(answer()).isEmpty();
    assertThat(behind).hasSize(2);
  }

  @Test
  void whatComesBehindALentRequestWaits() {
    send("GET /other HTTP/1.1\r\nHost: a.example\r\n\r\n" + HIT);
    send(HIT);
    assertThat(answer()).isEmpty();
    assertThat(behind).hasSize(2);
  }
}
