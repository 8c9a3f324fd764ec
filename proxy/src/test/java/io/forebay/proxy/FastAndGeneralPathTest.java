package io.forebay.proxy;

import static io.forebay.proxy.TwinContent.pick;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation;
import io.forebay.cache.Lease;
import io.forebay.cache.Scope;
import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.caching.CodingRule;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.QueryRule;
import io.forebay.http.caching.TagTemplate;
import io.forebay.proxy.TwinWorld.Answer;
import io.forebay.proxy.TwinWorld.TwinConnection;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.CookieMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two proxies that differ in one thing: only the first answers fresh hits the fast way. Whatever
/// they are asked, over HTTP/1.1 or HTTP/2, whatever their routes make of it, whatever the origin
/// says, whatever is invalidated and however time passes, they answer with the same bytes, count
/// the same, and tell observers the same.
@Tag("checker")
class FastAndGeneralPathTest {

  /// Of the lease, from now: the clock of tests begins where it is about to overflow.
  private static final long FAR_NANOS = Duration.ofDays(365).toNanos();

  private static final RouteRules USUAL = RouteRules.USUAL;

  private static final CodingRule CODED =
      new CodingRule(List.of("zstd", "gzip"), List.of(Glob.of("text/*")), 100);

  /// What two proxies are, and what they are asked.
  ///
  /// @param routes made from the one that takes everything
  /// @param fields of requests that mean something to the routes
  private record Plan(
      Function<Route, List<Route>> routes,
      List<String> paths,
      List<String> fields,
      Function<Integer, TwinConnection> connection) {}

  private static final List<String> PATHS =
      List.of("/a", "/b", "/c?x=1", "/c?x=2", "/d%20d", "/e/../e", "/f;g", "/h");

  /// The host whose requests all take a route of their own.
  private static final String HOST = "b.example";

  /// The path for which the field `X-Mark` chooses another route, whose pages lie apart.
  private static final String MARKED = "/marked";

  private static final List<String> PATHS_FOR_RULES =
      List.of(
          "/a",
          "/b?q=1",
          "/b?q=2",
          "/key?x=1&utm_a=1",
          "/key?utm_b=2&x=1",
          "/key?y=2&x=1",
          "/edited",
          "/bypass",
          "/device",
          MARKED,
          "/user",
          "/tagged/7",
          "/e/../e");

  private static final List<String> FIELDS_FOR_RULES =
      List.of(
          "X-Device: Mobile/7",
          "X-Device: tv",
          "X-Mark: 1",
          "Cookie: session=1; currency=eur",
          "Cookie: currency=usd",
          "Cookie: lang=de; currency=eur",
          "Accept-Language: de",
          "Accept-Language: en");

  private static Plan plain(Function<Integer, TwinConnection> connection) {
    return new Plan(List::of, PATHS, List.of(), connection);
  }

  /// @param ofOthers what holds for those that no other route takes
  private static Plan withRules(RouteRules ofOthers, Function<Integer, TwinConnection> connection) {
    return new Plan(all -> routes(all, ofOthers), PATHS_FOR_RULES, FIELDS_FOR_RULES, connection);
  }

  private static List<Route> routes(Route all, RouteRules ofOthers) {
    QueryRule query =
        new QueryRule(
            QueryRule.Selection.DROP, List.of(Glob.of("utm_*")), true, QueryRule.Sent.AS_RECEIVED);
    KeyRule key = new KeyRule(query, List.of("Accept-Language"), List.of("currency"));
    HeaderMatch mobile = new HeaderMatch("X-Device", Glob.ignoringCase("mobile*"));
    HeaderMatch mark = new HeaderMatch("X-Mark", Glob.of("*"));
    CookieMatch session = new CookieMatch("session", Glob.of("*"));
    HeaderEdits edits =
        new HeaderEdits(
            List.of(Glob.ignoringCase("X-O*")), List.of(new FieldLine("X-Set", "1")), List.of());
    return List.of(
        withHost(all.as("host", "/*").withRules(USUAL.withTags(tags("host"))), HOST),
        all.as("key", "/key*").withRules(USUAL.withKey(key)),
        all.as("edited", "/edited*").withRules(USUAL.withEdits(HeaderEdits.NONE, edits)),
        all.as("bypass", "/bypass*").withRules(USUAL.withBypass()),
        all.as("mobile", "/device*")
            .withRules(USUAL.withMatch(new RouteMatch(List.of(), List.of(mobile), List.of()))),
        all.as("marked", MARKED)
            .withRules(USUAL.withMatch(new RouteMatch(List.of(), List.of(mark), List.of()))),
        all.as("user", "/user*")
            .withRules(
                USUAL
                    .withMatch(new RouteMatch(List.of(), List.of(), List.of(session)))
                    .withTags(tags("t0"))),
        all.as("coded", "/b*").withRules(USUAL.withCoding(CODED)),
        all.as("tagged", "/tagged/*").withRules(USUAL.withTags(tags("t1", "page:{path.2}"))),
        all.withRules(ofOthers));
  }

  private static Route withHost(Route route, String host) {
    return new Route(
        route.name(),
        Optional.of(host),
        route.path(),
        route.pool(),
        route.timeouts(),
        route.policy(),
        route.maxStoredBodyBytes(),
        route.rules());
  }

  private static List<TagTemplate> tags(String... templates) {
    return List.of(templates).stream().map(TagTemplate::parse).flatMap(Optional::stream).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void bothAnswerAlike(long seed) throws Exception {
    assertThat(check(seed, plain(TwinHttp1::new))).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = 11)
  void bothAnswerAlikeOverHttp2(long seed) throws Exception {
    assertThat(check(seed, plain(TwinHttp2::new))).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22})
  void bothAnswerAlikeUnderRoutesAndRules(long seed) throws Exception {
    assertThat(check(seed, withRules(USUAL, TwinHttp1::new))).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = 31)
  void bothAnswerAlikeUnderRoutesAndRulesOverHttp2(long seed) throws Exception {
    assertThat(check(seed, withRules(USUAL, TwinHttp2::new))).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = 41)
  void bothAnswerAlikeWhereAllThatNoOtherRouteTakesIsCoded(long seed) throws Exception {
    assertThat(check(seed, withRules(USUAL.withCoding(CODED), TwinHttp1::new))).isGreaterThan(10);
    assertThat(check(seed, withRules(USUAL.withCoding(CODED), TwinHttp2::new))).isGreaterThan(10);
  }

  @Test
  @Tag("long")
  void bothAnswerAlikeWhateverTheSeed() throws Exception {
    long first = Long.getLong("forebay.seed", System.nanoTime());
    System.out.println("FastAndGeneralPathTest: -Dforebay.seed=" + first);
    int fast = 0;
    for (long seed = first; seed < first + 20; seed++) {
      fast += check(seed, plain(TwinHttp1::new));
      fast += check(seed, plain(TwinHttp2::new));
      fast += check(seed, withRules(USUAL, TwinHttp1::new));
      fast += check(seed, withRules(USUAL, TwinHttp2::new));
      fast += check(seed, withRules(USUAL.withCoding(CODED), TwinHttp1::new));
      fast += check(seed, withRules(USUAL.withCoding(CODED), TwinHttp2::new));
    }
    assertThat(fast).isGreaterThan(1_000);
  }

  /// @return hits that were answered on the event loop
  private static int check(long seed, Plan plan) throws Exception {
    Random random = new Random(seed);
    Map<String, TwinContent> contents = new ConcurrentHashMap<>();
    Lease lease = Lease.ended();
    try (TwinWorld fast = new TwinWorld(true, lease, plan.routes(), plan.connection(), contents);
        TwinWorld general =
            new TwinWorld(false, lease, plan.routes(), plan.connection(), contents)) {
      extend(lease, fast);
      for (String path : plan.paths()) {
        contents.put(path.split("\\?", 2)[0], TwinContent.random(random, 0));
      }
      Map<String, Integer> versions = new HashMap<>();
      List<TwinRequest> requests = List.of();
      for (int step = 0; step < 250; step++) {
        change(random, plan, contents, versions, lease, fast, general);
        // Half of them again, so that there are hits.
        requests = step % 2 == 0 ? requests(random, plan) : requests;
        Set<Integer> cuts = new TreeSet<>();
        for (int i = random.nextInt(8) - 4; i > 0; i--) {
          cuts.add(random.nextInt(1, 600));
        }
        String about = "seed " + seed + ", step " + step + ": " + requests;
        int told = general.proxy.records.size();
        List<Answer> one = fast.ask(requests, cuts);
        List<Answer> other = general.ask(requests, cuts);
        assertThat(one.size()).as(about).isEqualTo(other.size());
        for (int i = 0; i < one.size(); i++) {
          String which = about + ", answer " + i + fast.told(told) + general.told(told);
          assertThat(one.get(i).head()).as(which).isEqualTo(other.get(i).head());
          assertThat(one.get(i).body().equals(other.get(i).body())).as(which).isTrue();
          if (requests.get(i).path().equals(MARKED) && !requests.get(i).isForHost(HOST)) {
            assertThat(requests.get(i).isOfItsMark(one.get(i))).as(which).isTrue();
          }
        }
        assertThat(fast.counts()).as(about).isEqualTo(general.counts());
        Awaitility.await(about)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .untilAsserted(() -> assertThat(fast.told(told)).isEqualTo(general.told(told)));
      }
      assertThat(general.proxy.answeredFast).hasValue(0);
      return fast.proxy.answeredFast.get();
    }
  }

  /// Both worlds' clocks show the same.
  private static void extend(Lease lease, TwinWorld one) {
    lease.extendTo(one.proxy.time.nanoTime() + FAR_NANOS);
  }

  /// One request, or several at once for different pages.
  private static List<TwinRequest> requests(Random random, Plan plan) {
    List<String> paths = new ArrayList<>(plan.paths());
    Collections.shuffle(paths, random);
    Set<String> pages = new HashSet<>();
    paths.removeIf(path -> !pages.add(path.split("\\?", 2)[0]));
    List<TwinRequest> requests = new ArrayList<>();
    for (int i = random.nextInt(3) == 0 ? random.nextInt(1, 6) : 1; i > 0; i--) {
      requests.add(TwinRequest.random(random, paths.get(i), i == 1, plan.fields()));
    }
    return requests;
  }

  private static void change(
      Random random,
      Plan plan,
      Map<String, TwinContent> contents,
      Map<String, Integer> versions,
      Lease lease,
      TwinWorld fast,
      TwinWorld general) {
    if (random.nextInt(3) == 0) {
      extend(lease, fast);
    }
    switch (random.nextInt(24)) {
      case 0 -> {
        String path = pick(random, plan.paths()).split("\\?", 2)[0];
        contents.put(path, TwinContent.random(random, versions.merge(path, 1, Integer::sum)));
      }
      case 1, 2, 3 -> {
        Duration span = Duration.ofMillis(random.nextInt(1, 9_000));
        fast.proxy.time.advance(span);
        general.proxy.time.advance(span);
      }
      case 4 -> {
        Scope scope = scope(random, plan);
        Invalidation.Mode mode =
            random.nextBoolean() ? Invalidation.Mode.HARD : Invalidation.Mode.SOFT;
        fast.proxy.pages.invalidate(scope, mode);
        general.proxy.pages.invalidate(scope, mode);
      }
      case 5 -> lease.end();
      default -> {}
    }
  }

  private static Scope scope(Random random, Plan plan) {
    String path = pick(random, plan.paths());
    return switch (random.nextInt(5)) {
      case 0 -> new Scope.Tags(Set.of("t" + random.nextInt(3)));
      case 1 -> new Scope.Urls(Set.of("http://example.org" + path));
      case 2 -> new Scope.Prefixes(Set.of("http://example.org" + path.substring(0, 2)));
      case 3 -> new Scope.Hosts(Set.of("b.example:8080"));
      default -> new Scope.Everything();
    };
  }
}
