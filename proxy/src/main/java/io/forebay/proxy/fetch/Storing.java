package io.forebay.proxy.fetch;

import io.forebay.cache.TimeSource;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.TargetUri;
import io.forebay.http.caching.CacheGroups;
import io.forebay.http.caching.CacheTags;
import io.forebay.http.caching.PartialContent;
import io.forebay.http.caching.StoreDecision;
import io.forebay.http.caching.StoreRules;
import io.forebay.http.caching.UnsafeInvalidation;
import io.forebay.http.caching.Validation;
import io.forebay.http.caching.VariantKey;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import io.forebay.http.conditional.ContentRange;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.RouteTable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What a fetch does to the store: it puts the response there, updates what a 304 or a HEAD
/// confirms, combines parts, and invalidates what the request changed.
final class Storing {

  private static final byte[] NO_BYTES = {};

  private final PageStore pages;
  private final RouteTable routes;
  private final TimeSource time;

  Storing(PageStore pages, RouteTable routes, TimeSource time) {
    this.pages = pages;
    this.routes = routes;
    this.time = time;
  }

  /// The page that a response makes, without its body.
  Page.Stored page(Received received, StoreDecision.Store store) {
    return page(received, store, HttpFields.none(), NO_BYTES);
  }

  private Page.Stored page(
      Received received, StoreDecision.Store store, HttpFields trailers, byte[] body) {
    return new Page.Stored(
        store.head(),
        VariantKey.of(store.head().fields(), received.order().sent().fields()),
        store.freshness(),
        store.initialAge(),
        time.nanoTime(),
        received.flight().load().number(),
        trailers,
        body);
  }

  /// What a 304 confirms (RFC 9111 §4.3.4), updated and stored again; empty when it confirms
  /// nothing of ours.
  Optional<StoredCandidatePage> confirm(Received received) {
    List<StoredCandidatePage> confirmed =
        Validation.confirmedBy(received.head(), received.order().validated());
    Optional<StoredCandidatePage> first = Optional.empty();
    for (StoredCandidatePage candidate : confirmed) {
      StoredCandidatePage updated = freshen(received, candidate).orElse(candidate);
      if (first.isEmpty()) {
        first = Optional.of(updated);
      }
    }
    return first;
  }

  /// RFC 9111 §4.3.5: the answer to HEAD freshens what is stored for GET, or shows that it is out
  /// of date.
  void updateByHead(Received received) {
    for (StoredCandidatePage candidate : received.order().validated()) {
      switch (Validation.byHead(candidate.response(), completeLength(candidate), received.head())) {
        case CONFIRMS -> freshen(received, candidate);
        case CONTRADICTS -> pages.invalidate(Set.of(received.flight().key().uri()));
        case SAYS_NOTHING -> {}
      }
    }
  }

  private static OptionalLong completeLength(StoredCandidatePage candidate) {
    return candidate
        .storedPart()
        .map(ContentRange::completeLength)
        .orElseGet(() -> OptionalLong.of(candidate.page().body().length));
  }

  /// Stores the candidate again with the fields of a response that confirmed it; empty when it is
  /// no longer to be kept, and is invalidated.
  private Optional<StoredCandidatePage> freshen(Received received, StoredCandidatePage candidate) {
    StoreDecision decision =
        StoreRules.decideFreshened(
            Validation.withoutConditions(received.order().sent()),
            candidate.response(),
            received.head(),
            received.policy(),
            received.answered().sent(),
            received.answered().received());
    return switch (decision) {
      case StoreDecision.Store store -> {
        Page.Stored page =
            page(received, store, candidate.page().trailers(), candidate.page().body())
                .withCoded(pages.codings(candidate));
        noteIfNeverFresh(received, store);
        put(received, page, store);
        yield Optional.of(
            StoredCandidatePage.arrived(
                page, tags(received, store.head()), received.flight().load()));
      }
      case StoreDecision.DoNotStore _ -> {
        pages.invalidate(Set.of(received.flight().key().uri()));
        yield Optional.empty();
      }
    };
  }

  /// RFC 9111 §4.4, before anybody hears of the change.
  void invalidateChanged(Received received) {
    pages.invalidate(changed(received));
    invalidateGroups(received);
  }

  private Set<String> changed(Received received) {
    return urlsOf(UnsafeInvalidation.urisOf(received.order().sent(), received.head()));
  }

  private Set<String> urlsOf(List<TargetUri> uris) {
    Set<String> urls = new HashSet<>();
    uris.forEach(uri -> urls.addAll(routes.urlsOf(uri)));
    return urls;
  }

  /// RFC 9875 §2.2.
  private void invalidateGroups(Received received) {
    pages.invalidateTags(CacheGroups.invalidatedBy(received.order().sent(), received.head()));
  }

  /// The same when the response itself is to be stored: without a new load the store refuses it.
  void invalidateChangedAndBeginAnew(Received received) {
    Flight flight = received.flight();
    invalidateGroups(received);
    pages
        .invalidateAndBegin(
            flight.load(), flight.key(), changed(received), tags(received, received.head()))
        .ifPresent(flight::begunAgain);
  }

  /// When the request may have reached the origin and no answer came.
  void invalidateInDoubt(Fetch.Order order) {
    pages.invalidate(urlsOf(UnsafeInvalidation.urisInDoubt(order.sent())));
  }

  /// Stores a complete body; of a part, together with what is stored of the same representation.
  Fate keep(Received received, StoreDecision.Store store, Page.Stored page) {
    Optional<ByteRange> range = PartialContent.partOf(received.head()).flatMap(ContentRange::range);
    if (range.isPresent() && range.get().length() != page.body().length) {
      return new Fate.NotKept(Fate.Cause.NOT_THE_PART_IT_SAYS);
    }
    return range
        .flatMap(arrived -> keepCombined(received, page, arrived))
        .orElseGet(() -> put(received, page, store));
  }

  private Fate put(Received received, Page.Stored page, StoreDecision.Store store) {
    Flight flight = received.flight();
    return Fate.of(
        pages.store(
            flight.load(), flight.key(), page, tags(received, store.head()), store.keepStale()));
  }

  /// RFC 9111 §3.4; empty when there is nothing to combine with. The part was stored before our
  /// load's token is asked, so an invalidation that covers it refuses the combination too.
  private Optional<Fate> keepCombined(
      Received received, Page.Stored arrived, ByteRange arrivedRange) {
    Optional<Page.Stored> stored =
        pages
            .part(received.flight().key())
            .filter(part -> part.variantKey().equals(arrived.variantKey()));
    Optional<PartialContent.Combination> combination =
        stored.flatMap(part -> PartialContent.combine(part.head(), arrived.head()));
    if (combination.isEmpty()
        || combination.get().range().length() > received.order().route().maxStoredBodyBytes()) {
      return Optional.empty();
    }
    Page.Stored part = stored.orElseThrow();
    ByteRange storedRange =
        PartialContent.partOf(part.head()).flatMap(ContentRange::range).orElseThrow();
    StoreDecision decision =
        StoreRules.decideCombined(
            Validation.withoutConditions(received.order().sent()),
            combination.get().head(),
            received.head(),
            received.policy(),
            received.answered().sent(),
            received.answered().received());
    return switch (decision) {
      case StoreDecision.Store store -> {
        byte[] bytes =
            PartialContent.joined(
                combination.get().range(), storedRange, part.body(), arrivedRange, arrived.body());
        yield Optional.of(put(received, combined(arrived, store, bytes), store));
      }
      case StoreDecision.DoNotStore _ -> Optional.empty();
    };
  }

  private static Page.Stored combined(
      Page.Stored arrived, StoreDecision.Store store, byte[] bytes) {
    return new Page.Stored(
        store.head(),
        arrived.variantKey(),
        store.freshness(),
        store.initialAge(),
        arrived.receivedNanos(),
        arrived.loadNumber(),
        HttpFields.none(),
        bytes);
  }

  /// A response that is stale at once serves no follower: let the next ones not wait for each
  /// other.
  void noteIfNeverFresh(Received received, StoreDecision.Store store) {
    if (!store.freshness().isFreshAt(store.initialAge())) {
      noteUnshareable(received);
    }
  }

  /// Notes that responses of the URL are not likely to be for others, if this one says so.
  void noteUnshareable(Received received) {
    if (received.provesUnshareable()) {
      pages.markUncollapsible(received.flight().key(), received.policy().doNotCollapseFor());
    }
  }

  static List<String> tags(Received received, ResponseHead head) {
    return CacheTags.of(
            received.flight().key(),
            received.order().sent(),
            head,
            received.order().route().rules().tags())
        .tags();
  }
}
