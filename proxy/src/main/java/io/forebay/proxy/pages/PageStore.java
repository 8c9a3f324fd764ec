package io.forebay.proxy.pages;

import io.forebay.cache.BarrierSnapshot;
import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.InternalTags;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Isolation;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LoadToken;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.WriteOutcome;
import io.forebay.cache.tier.FillTurn;
import io.forebay.cache.tier.TieredCache;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.caching.Age;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.VariantKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Pages and their variants in one [Cache].
///
/// Under a key lies either the one response, or a [Page.VariantIndex] that names the `Vary` forms
/// seen; then each variant lies under the key and its [VariantKey]. Beside them lies at most one
/// part of a response (206), so that parts never displace what is whole. Every entry carries the
/// internal tag of its URL, so one barrier covers all keys and variants of the URL, also those that
/// nobody can enumerate.
public final class PageStore {

  /// How many different `Vary` values of one URL are kept apart; older ones are forgotten.
  public static final int MAX_VARY_FORMS = 4;

  private static final int MAX_RACES = 100;

  // Neither can occur in a URL.
  private static final char VARIANT = '\n';
  private static final char MARK = '\t';
  private static final String UNCOLLAPSIBLE = Character.toString(MARK);
  private static final String PART = MARK + "part";

  private final Cache<String, Page> cache;
  private final PageShelf shelf;
  private final Isolation isolation;
  private final TimeSource time;
  private final AtomicLong loads = new AtomicLong();

  public PageStore(Cache<String, Page> cache, TimeSource time) {
    this(cache, Optional.empty(), Isolation.NONE, time);
  }

  /// @param tiered the same cache with the tier behind it, if it has one
  /// @param isolation what to do while invalidations may have been missed
  public PageStore(
      Cache<String, Page> cache,
      Optional<TieredCache<Page>> tiered,
      Isolation isolation,
      TimeSource time) {
    this.cache = cache;
    this.shelf = new PageShelf(cache, tiered);
    this.isolation = isolation;
    this.time = time;
  }

  /// What to do with stored pages while invalidations may have been missed: to be asked by whoever
  /// serves one past [#candidates], before it is looked up and after that.
  public Isolation isolation() {
    return isolation;
  }

  /// Whether invalidations may have been missed now.
  public boolean isSuspect() {
    return isolation.isSuspect(time.nanoTime());
  }

  /// The URL of what lies under a key of the cache: what prefixes, patterns and hosts look at
  /// ([io.forebay.cache.CacheBuilder#patternText]), so that they cover all variants of a page.
  public static String urlOf(String key) {
    for (int i = 0; i < key.length(); i++) {
      char character = key.charAt(i);
      if (character == VARIANT || character == MARK || character == CacheKey.PARTS) {
        return key.substring(0, i);
      }
    }
    return key;
  }

  /// What tells the entry under a key of the cache apart from others of its URL: the lines of its
  /// variant, `part` for a part of a response, `uncollapsible` for the note that there is nothing
  /// to share; nothing for the response or index that lies under the URL itself.
  public static List<String> variantOf(String key) {
    String rest = key.substring(urlOf(key).length());
    if (rest.isEmpty()) {
      return List.of();
    }
    String text = rest.substring(1);
    return rest.charAt(0) == MARK
        ? List.of(text.isEmpty() ? "uncollapsible" : text)
        : text.lines().toList();
  }

  /// Everything stored for the key that may answer the request, at this moment.
  ///
  /// @param varies the `Vary` fields seen of this URL, newest first; if there are any, other
  ///   variants are not among `pages`
  /// @param variant the request's variant key under the newest `Vary` seen; empty if none was
  public record Candidates(
      List<StoredCandidatePage> pages, List<HttpFields> varies, String variant) {
    public static final Candidates NONE = new Candidates(List.of(), List.of(), "");
  }

  /// Looks up what is stored, counting reads; may wait for a tier.
  public Candidates candidates(CacheKey key, RequestHead request) {
    return candidates(key, request, looking(shelf::get));
  }

  /// The same, leaving no trace in statistics or the eviction policy.
  public Candidates glance(CacheKey key, RequestHead request) {
    return candidates(key, request, looking(cache::peek));
  }

  /// What lies under a key of the cache, for a reader that may leave it to another: not counted as
  /// read until [#served].
  public @Nullable Entry<String, Page> look(String key, long nanoTime) {
    return cache.peek(key, nanoTime);
  }

  /// Counts a read of what [#look] gave.
  public void served(Entry<String, Page> entry, long nanoTime) {
    cache.countHit(entry, nanoTime);
  }

  /// The key of a variant.
  ///
  /// @param text of a cache key
  public static String variantKey(String text, String variant) {
    return variant.isEmpty() ? text : text + VARIANT + variant;
  }

  private Candidates candidates(CacheKey key, RequestHead request, Looking looking) {
    Candidates whole = whole(key, request, looking);
    return whole.pages().isEmpty() && request.fields().contains("Range")
        ? withPart(key, whole, looking)
        : whole;
  }

  private Candidates withPart(CacheKey key, Candidates whole, Looking looking) {
    try (Entry<String, Page> entry = looking.look.up(key.text() + PART)) {
      return entry != null && entry.value() instanceof Page.Stored part
          ? new Candidates(candidate(entry, part, looking), whole.varies(), whole.variant())
          : whole;
    }
  }

  /// The stored part of a response of this URL, to be combined with another; not counted as read.
  public Optional<Page.Stored> part(CacheKey key) {
    return peeked(key.text() + PART);
  }

  private Optional<Page.Stored> peeked(String under) {
    try (Entry<String, Page> entry = cache.peek(under)) {
      return entry != null && entry.value() instanceof Page.Stored page
          ? Optional.of(page)
          : Optional.empty();
    }
  }

  /// How an entry is looked up.
  private interface Look {
    @Nullable Entry<String, Page> up(String key);
  }

  /// @param before how what is found may be used, as far as could be told before
  private record Looking(Look look, Isolation.Use before) {}

  private Looking looking(Look look) {
    return new Looking(look, isolation.use(time.nanoTime()));
  }

  private Candidates whole(CacheKey key, RequestHead request, Looking looking) {
    try (Entry<String, Page> entry = looking.look.up(key.text())) {
      if (entry == null) {
        return Candidates.NONE;
      }
      return switch (entry.value()) {
        case Page.Uncollapsible _ -> Candidates.NONE;
        case Page.Stored page -> new Candidates(candidate(entry, page, looking), List.of(), "");
        case Page.VariantIndex index ->
            new Candidates(
                variants(key, index, request, looking),
                index.varies(),
                VariantKey.of(index.varies().getFirst(), request.fields()));
      };
    }
  }

  private List<StoredCandidatePage> variants(
      CacheKey key, Page.VariantIndex index, RequestHead request, Looking looking) {
    List<StoredCandidatePage> found = new ArrayList<>(1);
    for (HttpFields vary : index.varies()) {
      String variant = VariantKey.of(vary, request.fields());
      try (Entry<String, Page> entry = looking.look.up(variantKey(key, variant))) {
        if (entry != null && entry.value() instanceof Page.Stored page) {
          found.addAll(candidate(entry, page, looking));
        }
      }
    }
    return found;
  }

  /// One, or none if this node may not use it now.
  private List<StoredCandidatePage> candidate(
      Entry<String, Page> entry, Page.Stored page, Looking looking) {
    long now = time.nanoTime();
    return switch (isolation.use(looking.before, now)) {
      case AS_IT_IS -> List.of(candidate(entry, page, now, entry.isSoftInvalidated()));
      case AS_STALE -> List.of(candidate(entry, page, now, true));
      case NOT_AT_ALL -> List.of();
    };
  }

  private static StoredCandidatePage candidate(
      Entry<String, Page> entry, Page.Stored page, long now, boolean softInvalidated) {
    return StoredCandidatePage.at(
        now, page, entry.tags(), entry.loadBegan(), softInvalidated, Optional.of(entry.key()));
  }

  /// The same page at its present age.
  public StoredCandidatePage asOfNow(StoredCandidatePage page) {
    return StoredCandidatePage.at(
        time.nanoTime(),
        page.page(),
        page.tags(),
        page.loadBegan(),
        page.softInvalidated(),
        page.storedUnder());
  }

  /// Opens a load; before the origin is asked.
  public PageLoad beginLoad(CacheKey key) {
    return new PageLoad(cache.beginLoad(key.text()), loads.incrementAndGet());
  }

  /// Takes this node's turn to fetch something from its origin, or waits while another node does.
  ///
  /// @param variant as far as it is known
  /// @param patience how long to wait at most
  /// @return empty if it took too long
  public Optional<Turn> turn(CacheKey key, String variant, Duration patience) {
    return shelf.turn(variantKey(key, variant), patience);
  }

  /// A node's turn to fetch.
  ///
  /// @param waited whether another had it before
  /// @param otherWasLost whether that other never ended it
  public record Turn(FillTurn turn, boolean waited, boolean otherWasLost) {
    static final Turn NONE = new Turn(FillTurn.NONE, false, false);
  }

  /// Whether an invalidation that covers the key or one of the tags came since the load began.
  public boolean isInvalidated(PageLoad load, CacheKey key, List<String> tags) {
    return load.token().isInvalidated(withUrlTag(key, tags));
  }

  /// Stores a response.
  ///
  /// The load was opened for the URL, but a variant lies under a key of its own, known only now. So
  /// a second token is opened for that key *first*, and then the load's own token is asked: an
  /// invalidation after the second token was opened is noticed by it, an earlier one by the first.
  /// Asked the other way round, one in between would be missed.
  ///
  /// Of two loads of one key the one that began later wins, whichever ends last: what is there is
  /// looked at after the second token was opened, so a write in between refuses ours.
  ///
  /// @param tags the origin's
  /// @param keepStale how long after its freshness it is of use
  public WriteOutcome store(
      PageLoad load, CacheKey key, Page.Stored page, List<String> tags, Duration keepStale) {
    List<String> allTags = withUrlTag(key, tags);
    boolean isPart = page.head().status() == 206;
    String under = isPart ? key.text() + PART : variantKey(key, page.variantKey());
    PageShelf.Opening opening = shelf.begin(under);
    if (load.token().isInvalidated(allTags)) {
      shelf.abandon(opening);
      return new WriteOutcome.Refused(WriteOutcome.Reason.INVALIDATED_SINCE);
    }
    if (isOvertaken(key.text(), page) || isOvertaken(under, page)) {
      shelf.abandon(opening);
      return new WriteOutcome.Refused(WriteOutcome.Reason.OVERTAKEN);
    }
    WriteOutcome outcome =
        shelf.complete(opening, new Draft<>(page, lifetime(page, keepStale), allTags, Map.of()));
    if (outcome instanceof WriteOutcome.Stored && !isPart && !page.variantKey().isEmpty()) {
      addToIndex(key, page);
    }
    return outcome;
  }

  /// The codings of a page's body, also those that were added since it was looked up.
  @SuppressWarnings("ReferenceEquality") // the same bytes are meant, not equal ones
  public Map<String, byte[]> codings(StoredCandidatePage candidate) {
    Page.Stored page = candidate.page();
    return candidate
        .storedUnder()
        .flatMap(this::peeked)
        .filter(present -> present.body() == page.body())
        .orElse(page)
        .coded();
  }

  /// Adds a coding to a page that is still there. Nothing else about the page changes: not its age,
  /// its lifetime, or its tags.
  ///
  /// It is stored anew by a token of its own, opened before the page is looked at: what comes
  /// between refuses it, and what came before has taken the page away, or marked it stale, and is
  /// seen.
  ///
  /// ```
  /// token opened  →  page looked at: still there, not invalidated  →  stored, unless an
  ///                  invalidation or a newer page came since the token was opened
  /// ```
  ///
  /// @param under the page's key in the store
  /// @return whether it is part of the page now
  @SuppressWarnings({
    "ReferenceEquality",
    "ArrayEquals"
  }) // the same bytes are meant, not equal ones
  public boolean addCoding(String under, Page.Stored page, String coding, byte[] coded) {
    LoadToken<String> token = cache.beginLoad(under);
    try (Entry<String, Page> present = cache.peek(under)) {
      if (present == null
          || present.isSoftInvalidated()
          || !(present.value() instanceof Page.Stored still)
          || still.body() != page.body()) {
        token.abandon();
        return false;
      }
      EntryFacts<String> facts = present.facts();
      Duration stale = Duration.between(facts.freshUntil(), facts.staleUntil());
      Duration fresh = Duration.ofNanos(present.remainingFreshNanos(time.nanoTime()));
      Lifetime left =
          fresh.isNegative()
              ? new Lifetime(Duration.ZERO, nonNegative(stale.plus(fresh)))
              : new Lifetime(fresh, nonNegative(stale));
      Page.Stored more = still.withCoded(Map.of(coding, coded));
      return cache.complete(token, new Draft<>(more, left, present.tags(), present.metadata()))
          instanceof WriteOutcome.Stored;
    }
  }

  /// Whether something of a later load is there. An index does not stand in the way of its
  /// variants.
  private boolean isOvertaken(String under, Page.Stored page) {
    try (Entry<String, Page> present = cache.peek(under)) {
      return present != null
          && present.value().loadNumber() > page.loadNumber()
          && !(present.value() instanceof Page.VariantIndex && !page.variantKey().isEmpty());
    }
  }

  private Lifetime lifetime(Page.Stored page, Duration keepStale) {
    Duration resident = Duration.ofNanos(time.nanoTime() - page.receivedNanos());
    Duration fresh = page.freshness().remainingAt(Age.current(page.initialAge(), resident));
    return fresh.isNegative()
        ? new Lifetime(Duration.ZERO, nonNegative(keepStale.plus(fresh)))
        : new Lifetime(fresh, keepStale);
  }

  private static Duration nonNegative(Duration span) {
    return span.isNegative() ? Duration.ZERO : span;
  }

  /// Names the `Vary` form in the URL's index, after the variant itself is in place: an index never
  /// leads to nothing. Lost races are tried again, by version; if too many are lost, a later page
  /// of this form names it.
  private void addToIndex(CacheKey key, Page.Stored page) {
    HttpFields vary = page.head().fields().without(line -> !line.isNamed("Vary"));
    List<String> tags = withUrlTag(key, List.of());
    for (int race = 0; race < MAX_RACES; race++) {
      Precondition unchanged = Precondition.ABSENT;
      List<HttpFields> varies = new ArrayList<>();
      varies.add(vary);
      long newest = page.loadNumber();
      try (Entry<String, Page> present =
          race == 0 ? cache.peek(key.text()) : shelf.get(key.text())) {
        if (present != null) {
          unchanged = new Precondition.VersionIn(Set.of(present.version()));
          if (present.value() instanceof Page.VariantIndex index) {
            newest = Math.max(newest, index.loadNumber());
            if (index.varies().getFirst().equals(vary)) {
              return;
            }
            index.varies().stream().filter(known -> !known.equals(vary)).forEach(varies::add);
          }
        }
      }
      Page index =
          new Page.VariantIndex(
              List.copyOf(varies.subList(0, Math.min(varies.size(), MAX_VARY_FORMS))), newest);
      Draft<Page> draft = new Draft<>(index, Lifetime.FOREVER, tags, Map.of());
      if (shelf.put(key.text(), draft, unchanged)) {
        return;
      }
    }
  }

  /// Notes that requests for the key are not to wait for one another, unless a young mark says so.
  public void markUncollapsible(CacheKey key, Duration span) {
    UncollapsibleMark present = uncollapsibleMark(key.text(), time.nanoTime());
    if (present == null || !present.isYoung(span)) {
      cache.put(
          key.text() + UNCOLLAPSIBLE,
          Draft.of(new Page.Uncollapsible(), Lifetime.of(span)),
          Precondition.NONE);
    }
  }

  public boolean isUncollapsible(CacheKey key) {
    return uncollapsibleMark(key.text(), time.nanoTime()) != null;
  }

  /// The mark that requests for a key are not to wait for one another; null if there is none.
  ///
  /// @param text of the key
  public @Nullable UncollapsibleMark uncollapsibleMark(String text, long nanoTime) {
    try (Entry<String, Page> entry = cache.peek(text + UNCOLLAPSIBLE, nanoTime)) {
      return entry == null
          ? null
          : new UncollapsibleMark(text, entry.remainingFreshNanos(nanoTime));
    }
  }

  /// Whether a tier lies behind it, so that [#candidates] may wait.
  public boolean hasTier() {
    return shelf.hasTier();
  }

  /// The newest invalidation that covers the URL or one of the tags, as far as it is still known.
  ///
  /// @param tags internal ones may be among them
  public Optional<PageMark> newestMark(CacheKey key, List<String> tags) {
    return cache.newestInvalidation(key.text(), withUrlTag(key, tags)).map(PageStore::mark);
  }

  private static PageMark mark(BarrierSnapshot.Raised raised) {
    return switch (raised.scope()) {
      case Scope.Tags(Set<String> tags) -> {
        String tag = tags.iterator().next();
        yield InternalTags.isInternal(tag)
            ? mark(raised, PageMark.By.URL, "")
            : mark(raised, PageMark.By.TAG, tag);
      }
      case Scope.Urls _, Scope.Keys _ -> mark(raised, PageMark.By.URL, "");
      case Scope.Prefixes(Set<String> prefixes) ->
          mark(raised, PageMark.By.PREFIX, String.join(", ", prefixes));
      case Scope.Patterns(Set<GlobPattern> patterns) ->
          mark(raised, PageMark.By.PATTERN, patterns.iterator().next().text());
      case Scope.Hosts(Set<String> hosts) ->
          mark(raised, PageMark.By.HOST, String.join(", ", hosts));
      case Scope.Everything() -> mark(raised, PageMark.By.EVERYTHING, "");
    };
  }

  private static PageMark mark(BarrierSnapshot.Raised raised, PageMark.By by, String name) {
    return new PageMark(raised.position(), raised.mode(), by, name);
  }

  /// The tags without the internal ones.
  public static List<String> originTags(List<String> tags) {
    return tags.stream().filter(tag -> !InternalTags.isInternal(tag)).toList();
  }

  /// Invalidates all that is stored for these URLs, hard; in force when this returns.
  ///
  /// @param urls as they are in keys ([io.forebay.proxy.route.RouteTable#urlsOf])
  public void invalidate(Set<String> urls) {
    if (!urls.isEmpty()) {
      cache.invalidate(new Scope.Urls(urls), Invalidation.Mode.HARD);
    }
  }

  /// Invalidates everything, hard; in force when this returns.
  public void invalidateEverything() {
    cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
  }

  /// Invalidates what carries one of these tags, hard; in force when this returns.
  public void invalidateTags(List<String> tags) {
    if (!tags.isEmpty()) {
      cache.invalidate(new Scope.Tags(Set.copyOf(tags)), Invalidation.Mode.HARD);
    }
  }

  /// Invalidates what a request changed (RFC 9111 §4.4) and opens a load for that request's own
  /// response, which is newer than the change although the request began before it.
  ///
  /// Any other invalidation since the request began refuses that, because the response may be older
  /// than what it was about. Positions are dense, so one that slips in between the look at `before`
  /// and the new load shows as a gap:
  ///
  /// ```
  /// last position is 7  →  `before` is not invalidated  →  ours is 8  →  the new load begins at 8
  /// ```
  ///
  /// @param before the request's load
  /// @param changed URLs, as in [#invalidate]
  /// @param tags the response's
  /// @return empty when the response must not be stored
  public Optional<PageLoad> invalidateAndBegin(
      PageLoad before, CacheKey key, Set<String> changed, List<String> tags) {
    LoadToken<String> look = cache.beginLoad(key.text());
    look.abandon();
    boolean isOutdated = isInvalidated(before, key, tags);
    invalidate(changed);
    PageLoad own = beginLoad(key);
    Position next = new Position(look.began().epoch(), look.began().n() + 1);
    if (isOutdated || !own.token().began().equals(next)) {
      own.abandon();
      return Optional.empty();
    }
    return Optional.of(own);
  }

  private static List<String> withUrlTag(CacheKey key, List<String> tags) {
    List<String> all = new ArrayList<>(tags.size() + 1);
    all.add(urlTag(key));
    for (String tag : tags) {
      if (!InternalTags.isInternal(tag)) {
        all.add(tag);
      }
    }
    return all;
  }

  private static String urlTag(CacheKey key) {
    return InternalTags.ofUrl(key.uri());
  }

  private static String variantKey(CacheKey key, String variant) {
    return variantKey(key.text(), variant);
  }
}
