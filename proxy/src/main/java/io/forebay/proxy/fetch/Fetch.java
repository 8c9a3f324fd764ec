package io.forebay.proxy.fetch;

import io.forebay.cache.TimeSource;
import io.forebay.http.ConnectionFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
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
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.FillBudget;
import io.forebay.proxy.body.SharedBody;
import io.forebay.proxy.origin.OriginClient;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.origin.OriginOutcome.Answered;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.route.Route;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Carries out fetches: asks the origin, decides whether to store, lands the flight at the response
/// head, then passes the body on and stores it.
///
/// Each fetch runs on a virtual thread of its own, so that a client that goes away takes nothing
/// from the others or from the store.
public final class Fetch {

  private static final byte[] NO_BYTES = {};

  private final OriginClient origins;
  private final PageStore pages;
  private final FillBudget budget;
  private final TimeSource time;

  public Fetch(OriginClient origins, PageStore pages, FillBudget budget, TimeSource time) {
    this.origins = origins;
    this.pages = pages;
    this.budget = budget;
    this.time = time;
  }

  /// What to fetch.
  ///
  /// @param sent the request as the origin gets it, conditions included
  /// @param body sent along; [BodySource#EMPTY] if there is none
  /// @param validated the stored candidates whose validators are in `sent`; empty if it is
  ///   unconditional on our account
  /// @param client gets interim responses, and waits for the final one; empty when it is only for
  ///   the store
  public record Order(
      Route route,
      RequestHead sent,
      BodySource body,
      List<StoredCandidatePage> validated,
      Optional<Consumer<ResponseHead>> client) {}

  /// Fetches; lands the flight exactly once, and returns when the body has been passed on.
  public void run(Flight flight, Order order) {
    try {
      switch (send(order)) {
        case OriginOutcome.Failed failed -> flight.land(new Landing.Failed(failed));
        case Answered answered -> land(flight, order, answered);
      }
    } catch (RuntimeException | Error e) {
      flight.crash(e);
      throw e;
    }
  }

  private OriginOutcome send(Order order) {
    return origins.send(
        order.route().origins(),
        order.route().timeouts(),
        order.sent(),
        order.body(),
        interim -> order.client().ifPresent(client -> client.accept(forwarded(interim))));
  }

  private static ResponseHead forwarded(ResponseHead received) {
    return received.withFields(ConnectionFields.removed(received.fields()));
  }

  private void land(Flight flight, Order order, Answered answered) {
    if (answered.head().status() == 304 && !order.validated().isEmpty()) {
      drain(answered.body());
      Optional<StoredCandidatePage> confirmed = confirm(flight, order, answered);
      if (confirmed.isPresent()) {
        flight.land(new Landing.Confirmed(confirmed.get()));
      } else {
        // It confirms none of ours (RFC 9111 §4.3.3), and the client asked no condition: ask
        // without.
        RequestHead plain = Validation.withoutConditions(order.sent());
        run(flight, new Order(order.route(), plain, order.body(), List.of(), order.client()));
      }
      return;
    }
    ResponseHead head = forwarded(answered.head()).withDate(answered.received());
    if (!order.body().isNone() && (order.sent().isGet() || order.sent().isHead())) {
      pass(
          flight, order, head, answered.body(), "the request had content, which is not in the key");
      return;
    }
    if (order.sent().isHead() && head.status() == 200) {
      updateByHead(flight, order, answered);
    }
    switch (decide(order, head, answered)) {
      case StoreDecision.Store store
          when contentLength(head).orElse(0) > order.route().maxStoredBodyBytes() -> {
        pages.markUncollapsible(flight.key(), order.route().policy().doNotCollapseFor());
        pass(flight, order, head, answered.body(), "the body is larger than what is stored");
      }
      case StoreDecision.Store store -> share(flight, order, head, store, answered);
      case StoreDecision.DoNotStore refusal -> {
        if (!refusal.doNotCollapseFor().isZero()) {
          pages.markUncollapsible(flight.key(), refusal.doNotCollapseFor());
        }
        pass(flight, order, head, answered.body(), refusal.reason().sentence());
      }
    }
  }

  private static StoreDecision decide(Order order, ResponseHead head, Answered answered) {
    RequestHead asked =
        order.validated().isEmpty() ? order.sent() : Validation.withoutConditions(order.sent());
    return StoreRules.decide(
        asked, head, order.route().policy(), answered.sent(), answered.received());
  }

  /// What a 304 confirms (RFC 9111 §4.3.4), updated and stored again.
  private Optional<StoredCandidatePage> confirm(Flight flight, Order order, Answered answered) {
    ResponseHead notModified = forwarded(answered.head());
    List<StoredCandidatePage> confirmed = Validation.confirmedBy(notModified, order.validated());
    Optional<StoredCandidatePage> first = Optional.empty();
    for (StoredCandidatePage candidate : confirmed) {
      StoredCandidatePage updated =
          freshen(flight, order, candidate, notModified, answered).orElse(candidate);
      if (first.isEmpty()) {
        first = Optional.of(updated);
      }
    }
    return first;
  }

  private static Page.Stored combined(
      Page.Stored arrived, StoreDecision.Store store, byte[] bytes) {
    return new Page.Stored(
        store.head(),
        arrived.variantKey(),
        store.freshness(),
        store.initialAge(),
        arrived.receivedNanos(),
        bytes);
  }

  /// Stores the candidate again with the fields of a response that confirmed it; empty when it is
  /// no longer to be kept, and is invalidated.
  private Optional<StoredCandidatePage> freshen(
      Flight flight,
      Order order,
      StoredCandidatePage candidate,
      ResponseHead confirming,
      Answered answered) {
    StoreDecision decision =
        StoreRules.decideFreshened(
            Validation.withoutConditions(order.sent()),
            candidate.response(),
            confirming,
            order.route().policy(),
            answered.sent(),
            answered.received());
    return switch (decision) {
      case StoreDecision.Store store -> {
        Page.Stored page = page(order.sent(), store, candidate.page().body());
        List<String> tags = CacheTags.of(flight.key(), store.head().fields()).tags();
        noteIfNeverFresh(flight, order, store);
        pages.store(flight.load(), flight.key(), page, tags, store.keepStale());
        yield Optional.of(new StoredCandidatePage(page, tags, store.initialAge(), false));
      }
      case StoreDecision.DoNotStore _ -> {
        pages.invalidate(List.of(flight.key()));
        yield Optional.empty();
      }
    };
  }

  /// RFC 9111 §4.3.5: the answer to HEAD freshens what is stored for GET, or shows that it is out
  /// of date.
  private void updateByHead(Flight flight, Order order, Answered answered) {
    ResponseHead head = forwarded(answered.head());
    for (StoredCandidatePage candidate : order.validated()) {
      if (Validation.freshenedByHead(candidate.response(), head).isPresent()) {
        freshen(flight, order, candidate, head, answered);
      } else {
        pages.invalidate(List.of(flight.key()));
      }
    }
  }

  private void share(
      Flight flight, Order order, ResponseHead head, StoreDecision.Store store, Answered answered) {
    Page.Stored page = page(order.sent(), store, NO_BYTES);
    List<String> tags = CacheTags.of(flight.key(), head.fields()).tags();
    noteIfNeverFresh(flight, order, store);
    if (!order.sent().isSafe()) {
      // Before anybody hears of the change. Without a new load the store refuses the response.
      pages.invalidateTags(CacheGroups.invalidatedBy(order.sent(), head));
      pages
          .invalidateAndBegin(
              flight.load(), flight.key(), UnsafeInvalidation.keysOf(order.sent(), head), tags)
          .ifPresent(flight::begunAgain);
    }
    SharedBody body = SharedBody.kept(order.route().maxStoredBodyBytes(), budget);
    flight.land(
        new Landing.Shareable(
            head,
            leaderBody(order, body),
            new StoredCandidatePage(page, tags, store.initialAge(), false),
            body));
    try {
      if (pump(answered.body(), body)) {
        body.bytes()
            .ifPresent(bytes -> keep(flight, order, head, store, answered, page.withBody(bytes)));
      }
    } finally {
      body.leaveBudget();
    }
  }

  /// Stores a complete body; of a part, together with what is stored of the same representation.
  private void keep(
      Flight flight,
      Order order,
      ResponseHead head,
      StoreDecision.Store store,
      Answered answered,
      Page.Stored page) {
    Optional<ByteRange> range = PartialContent.partOf(head).flatMap(ContentRange::range);
    if (range.isPresent() && range.get().length() != page.body().length) {
      return; // not the part it says it is
    }
    if (range.isEmpty() || !keepCombined(flight, order, head, answered, page, range.get())) {
      put(flight, page, store);
    }
  }

  private void put(Flight flight, Page.Stored page, StoreDecision.Store store) {
    List<String> tags = CacheTags.of(flight.key(), store.head().fields()).tags();
    pages.store(flight.load(), flight.key(), page, tags, store.keepStale());
  }

  /// RFC 9111 §3.4; false when there is nothing to combine with. The part was stored before our
  /// load's token is asked, so an invalidation that covers it refuses the combination too.
  private boolean keepCombined(
      Flight flight,
      Order order,
      ResponseHead head,
      Answered answered,
      Page.Stored arrived,
      ByteRange arrivedRange) {
    Optional<Page.Stored> stored =
        pages.part(flight.key()).filter(part -> part.variantKey().equals(arrived.variantKey()));
    Optional<PartialContent.Combination> combination =
        stored.flatMap(part -> PartialContent.combine(part.head(), arrived.head()));
    if (combination.isEmpty()
        || combination.get().range().length() > order.route().maxStoredBodyBytes()) {
      return false;
    }
    Page.Stored part = stored.orElseThrow();
    ByteRange storedRange =
        PartialContent.partOf(part.head()).flatMap(ContentRange::range).orElseThrow();
    StoreDecision decision =
        StoreRules.decideCombined(
            Validation.withoutConditions(order.sent()),
            combination.get().head(),
            head,
            order.route().policy(),
            answered.sent(),
            answered.received());
    return switch (decision) {
      case StoreDecision.Store store -> {
        byte[] bytes =
            PartialContent.joined(
                combination.get().range(), storedRange, part.body(), arrivedRange, arrived.body());
        put(flight, combined(arrived, store, bytes), store);
        yield true;
      }
      case StoreDecision.DoNotStore _ -> false;
    };
  }

  /// A response that is stale at once serves no follower: let the next ones not wait for each
  /// other.
  private void noteIfNeverFresh(Flight flight, Order order, StoreDecision.Store store) {
    if (!store.freshness().isFreshAt(store.initialAge())) {
      pages.markUncollapsible(flight.key(), order.route().policy().doNotCollapseFor());
    }
  }

  private void pass(Flight flight, Order order, ResponseHead head, BodySource source, String why) {
    SharedBody body = SharedBody.passing(budget);
    flight.land(new Landing.Unshareable(head, leaderBody(order, body), why));
    pump(source, body);
  }

  private static BodySource leaderBody(Order order, SharedBody body) {
    return order.client().isPresent() ? body.join().orElseThrow() : BodySource.EMPTY;
  }

  private Page.Stored page(RequestHead sent, StoreDecision.Store store, byte[] body) {
    return new Page.Stored(
        store.head(),
        VariantKey.of(store.head().fields(), sent.fields()),
        store.freshness(),
        store.initialAge(),
        time.nanoTime(),
        body);
  }

  /// Moves the body along; whether it came to its proper end.
  private static boolean pump(BodySource source, SharedBody body) {
    try {
      for (Buffer chunk = source.next(); chunk != null; chunk = source.next()) {
        if (!body.write(chunk)) {
          source.cancel();
          body.breakOff(new IOException("nobody reads this body any more"));
          return false;
        }
      }
      body.complete();
      return true;
    } catch (IOException e) {
      body.breakOff(e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      source.cancel();
      body.breakOff(new IOException("interrupted while passing the body on", e));
      return false;
    } catch (RuntimeException e) {
      // Unexpected; but whoever reads must not wait for ever.
      source.cancel();
      body.breakOff(new IOException("internal error while passing the body on", e));
      throw e;
    }
  }

  /// Reads what should be no content, so that the connection can be used again.
  private static void drain(BodySource source) {
    try {
      if (source.next() != null) {
        source.cancel();
      }
    } catch (IOException e) {
      source.cancel();
    }
  }

  private static OptionalLong contentLength(ResponseHead head) {
    String value = head.fields().first("Content-Length").orElse("");
    try {
      return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
