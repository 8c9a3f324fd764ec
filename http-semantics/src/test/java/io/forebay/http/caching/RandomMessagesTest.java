package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.CdnLoop;
import io.forebay.http.ConnectionFields;
import io.forebay.http.EntityTag;
import io.forebay.http.FieldLine;
import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.http.ResponseHead;
import io.forebay.http.TargetUri;
import io.forebay.http.TrailerFields;
import io.forebay.http.TransferCodings;
import io.forebay.http.caching.ReuseDecision.ServeFresh;
import io.forebay.http.caching.ReuseDecision.Validate;
import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import io.forebay.http.caching.StoreDecision.Store;
import io.forebay.http.conditional.ByteRanges;
import io.forebay.http.conditional.ContentRange;
import io.forebay.http.conditional.Preconditions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Seeded random messages, half sense and half noise: nothing throws, and what must hold of every
/// message holds.
class RandomMessagesTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static final String[] NAMES = {
    "Cache-Control",
    "CDN-Cache-Control",
    "Surrogate-Control",
    "Expires",
    "Date",
    "Age",
    "Vary",
    "ETag",
    "Last-Modified",
    "Set-Cookie",
    "Authorization",
    "Range",
    "If-Range",
    "If-None-Match",
    "If-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "Pragma",
    "Connection",
    "Location",
    "Content-Location",
    "Content-Range",
    "Content-Length",
    "Surrogate-Key",
    "Cache-Groups",
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "Via",
    "CDN-Loop",
    "TE",
    "Transfer-Encoding",
    "Trailer",
    "Foo"
  };

  private static final String[] WORDS = {
    "max-age",
    "s-maxage",
    "no-cache",
    "no-store",
    "private",
    "public",
    "must-revalidate",
    "must-understand",
    "stale-while-revalidate",
    "stale-if-error",
    "max-stale",
    "min-fresh",
    "only-if-cached",
    "=",
    "=",
    "=",
    ",",
    ", ",
    "\"",
    "\\",
    ";",
    " ",
    "\t",
    "q=0.",
    "0",
    "5",
    "60",
    "2147483648",
    "99999999999999999999",
    "-",
    "-1",
    "*",
    "W/",
    "bytes",
    "bytes=",
    "0-4",
    "/",
    ":",
    "?",
    "#",
    "..",
    "%7e",
    "%",
    "http:",
    "//",
    "(",
    ")",
    "@",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Mon, 01 Jun 2026 11:00:00 GMT",
    "Monday, 01-Jun-26 13:00:00 GMT",
    "Foo",
    "foo",
    "Accept",
    "\u00e9",
    "\u0000",
    "\r\n",
    "\uffff",
    "\"a\"",
    "W/\"a\"",
    "+",
    "en",
    "gzip"
  };

  private static final String[] PHRASES = {
    "max-age=60", "s-maxage=60", "max-age=\"60\"", "max-age=0", "no-cache", "no-cache=\"foo\"",
    "no-store", "private", "private=foo", "public", "must-revalidate", "must-understand",
    "stale-while-revalidate=60", "stale-if-error=60", "max-stale=60", "min-fresh=9", "foo"
  };

  @Test
  void nothingThrowsAndWhatMustHoldHolds() {
    run(20260601, 20_000);
  }

  @Test
  @Tag("long")
  void nothingThrowsAndWhatMustHoldHoldsForLong() {
    run(System.nanoTime(), 600_000);
  }

  private static void run(long seed, int rounds) {
    Random random = new Random(seed);
    int stored = 0;
    int served = 0;
    for (int round = 0; round < rounds; round++) {
      RequestHead request = request(random);
      ResponseHead response = new ResponseHead(status(random), fields(random));
      String about = "seed %d round %d: %s %s".formatted(seed, round, request, response);
      try {
        readEverything(random, request, response);
        stored += checkStoring(request, response, about) ? 1 : 0;
        served += checkReuse(random, request, response, about) ? 1 : 0;
      } catch (RuntimeException unexpected) {
        throw new AssertionError(about, unexpected);
      }
    }
    assertThat(stored).as("the noise must not drown the sense").isGreaterThan(rounds / 100);
    assertThat(served).as("the noise must not drown the sense").isGreaterThan(rounds / 100);
  }

  private static void readEverything(Random random, RequestHead request, ResponseHead response) {
    String text = text(random);
    HttpDate.parse(text, NOW);
    EntityTag.parse(text);
    EntityTag.parseList(text);
    ContentRange.parse(text);
    TargetUri target = TargetUri.of(request);
    target.resolve(text).ifPresent(resolved -> assertThat(resolved.target()).isNotEmpty());
    String normal = TargetUri.normalisedTarget("/" + text);
    assertThat(normal).startsWith("/");
    assertThat(CacheKey.of(request)).isEqualTo(CacheKey.of(request));
    CacheTags.of(response.fields());
    ConnectionFields.removed(response.fields());
    ConnectionFields.timesPassed(request.fields(), "forebay");
    ConnectionFields.wantsTrailers(request.fields());
    CdnLoop.names(request.fields(), "forebay", "1");
    TransferCodings.fault(response.fields());
    HttpFields trailers = TrailerFields.forwardable(response.fields(), fields(random));
    assertThat(TrailerFields.forwardable(response.fields(), trailers)).isEqualTo(trailers);
    RequestSyntax.fault(request, "1.1");
    assertThat(KeyDerivation.of(request).key()).isEqualTo(CacheKey.of(request));
    Preconditions.evaluate(request, response);
    Preconditions.notModified(response);
    UnsafeInvalidation.urisOf(request, response);
    Validation.freshened(response, new ResponseHead(304, fields(random)));
    Validation.byHead(
        response, OptionalLong.of(random.nextInt(20)), new ResponseHead(200, fields(random)));
    long length = random.nextInt(20);
    switch (ByteRanges.select(request, length)) {
      case ByteRanges.Selection.Single(ByteRanges.ByteRange range) -> {
        assertThat(range.from()).isBetween(0L, range.to());
        assertThat(range.to()).isLessThan(length);
      }
      case ByteRanges.Selection.Multiple(List<ByteRanges.ByteRange> ranges) ->
          assertThat(ranges).allMatch(r -> r.from() <= r.to() && r.to() < length);
      case ByteRanges.Selection.Full _, ByteRanges.Selection.Unsatisfiable _ -> {}
    }
  }

  /// Whether it was stored.
  private static boolean checkStoring(RequestHead request, ResponseHead response, String about) {
    CachePolicy policy = CachePolicy.defaults();
    StoreDecision decision = StoreRules.decide(request, response, policy, NOW, NOW.plusMillis(7));
    if (!(decision instanceof Store store)) {
      return false;
    }
    ResponseDirectives governing = ResponseDirectives.of(response.fields(), policy);
    CacheControl directives = governing.directives();
    assertThat(directives.noStore() && !directives.mustUnderstand()).as(about).isFalse();
    assertThat(directives.isPrivate()).as(about).isFalse();
    assertThat(CacheControl.of(request.fields()).noStore()).as(about).isFalse();
    assertThat(VariantKey.matchesNothing(store.head().fields())).as(about).isFalse();
    assertThat(store.head().fields().contains("Connection")).as(about).isFalse();
    assertThat(store.head().date()).as(about).isPresent();
    Freshness freshness = store.freshness();
    assertThat(freshness.lifetime()).as(about).isBetween(Duration.ZERO, DeltaSeconds.LARGEST);
    assertThat(store.initialAge()).as(about).isBetween(Duration.ZERO, DeltaSeconds.LARGEST);
    assertThat(store.keepStale()).as(about).isBetween(Duration.ZERO, DeltaSeconds.LARGEST);
    if (freshness.noCache() || directives.mustRevalidate()) {
      assertThat(freshness.longestStaleWindow()).as(about).isZero();
    }
    String variant = VariantKey.of(store.head().fields(), request.fields());
    assertThat(variant.length()).as(about).isLessThanOrEqualTo(200);
    return true;
  }

  /// Whether it was served without waiting for the origin.
  private static boolean checkReuse(
      Random random, RequestHead request, ResponseHead response, String about) {
    CachePolicy policy = CachePolicy.defaults();
    TestingCandidate candidate =
        new TestingCandidate(
            response,
            VariantKey.of(response.fields(), request.fields()),
            FreshnessRules.of(response, policy, NOW),
            Duration.ofSeconds(random.nextInt(100)),
            random.nextInt(4) == 0 ? Optional.of(Duration.ofSeconds(1)) : Optional.empty(),
            Optional.empty());
    List<TestingCandidate> candidates = List.of(candidate);
    ReuseRules.staleOnError(request, candidate, OriginFailure.UNREACHABLE, policy);
    Validation.confirmedBy(response, candidates);
    return switch (ReuseRules.decide(request, candidates, policy)) {
      case ServeFresh<TestingCandidate> fresh -> {
        assertThat(fresh.remaining()).as(about).isPositive();
        assertThat(candidate.freshness().noCache()).as(about).isFalse();
        assertThat(candidate.softInvalidatedFor()).as(about).isEmpty();
        yield true;
      }
      case ReuseDecision.ServeStaleWhileRevalidating<TestingCandidate> _ -> {
        assertThat(candidate.freshness().mustRevalidate()).as(about).isFalse();
        assertThat(candidate.freshness().noCache()).as(about).isFalse();
        yield true;
      }
      case Validate<TestingCandidate> _ -> {
        HttpFields sent = Validation.conditionalRequest(request, candidates).fields();
        boolean asks = sent.contains("If-None-Match") || sent.contains("If-Modified-Since");
        assertThat(asks).as(about).isEqualTo(Validation.hasValidator(response));
        yield false;
      }
      case ReuseDecision.Forward<TestingCandidate> _,
          ReuseDecision.RefuseOnlyIfCached<TestingCandidate> _ ->
          false;
    };
  }

  private static RequestHead request(Random random) {
    String method =
        random.nextInt(4) > 0 ? "GET" : List.of("HEAD", "POST", "PUT").get(random.nextInt(3));
    return new RequestHead(method, "http", "example.com", "/" + text(random), fields(random));
  }

  private static int status(Random random) {
    return random.nextInt(3) > 0 ? 200 : 100 + random.nextInt(900);
  }

  private static HttpFields fields(Random random) {
    HttpFields.Builder fields = HttpFields.builder();
    if (random.nextBoolean()) {
      fields.add("Cache-Control", phrases(random));
    }
    if (random.nextInt(4) == 0) {
      fields.add(random.nextBoolean() ? "CDN-Cache-Control" : "Vary", phrases(random));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      fields.add(new FieldLine(NAMES[random.nextInt(NAMES.length)], text(random)));
    }
    return fields.build();
  }

  private static String phrases(Random random) {
    StringBuilder phrases = new StringBuilder(PHRASES[random.nextInt(PHRASES.length)]);
    for (int i = random.nextInt(3); i > 0; i--) {
      phrases.append(", ").append(PHRASES[random.nextInt(PHRASES.length)]);
    }
    return phrases.toString();
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }
}
