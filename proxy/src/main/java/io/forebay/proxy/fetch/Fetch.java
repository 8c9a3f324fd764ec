package io.forebay.proxy.fetch;

import io.forebay.cache.TimeSource;
import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.StoreDecision;
import io.forebay.http.caching.Validation;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.FillBudget;
import io.forebay.proxy.body.SharedBody;
import io.forebay.proxy.origin.Errand;
import io.forebay.proxy.origin.FirstAttempt;
import io.forebay.proxy.origin.OriginClient;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.origin.OriginOutcome;
import io.forebay.proxy.origin.OriginOutcome.Answered;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Carries out fetches: asks the origin, decides whether to store, lands the flight at the response
/// head, then passes the body on and has it stored ([Storing]).
///
/// A fetch that is for others or for the store too runs on a virtual thread of its own, so that a
/// client that goes away takes nothing from them.
public final class Fetch {

  private final OriginDispatch origins;
  private final PageStore pages;
  private final Storing storing;
  private final FillBudget budget;
  private final RecentFetches recent;
  private final TimeSource time;

  /// @param routes say which stored URLs a change of one concerns
  /// @param recent is told how each fetch ended
  public Fetch(
      OriginDispatch origins,
      PageStore pages,
      RouteTable routes,
      FillBudget budget,
      RecentFetches recent,
      TimeSource time) {
    this.origins = origins;
    this.pages = pages;
    this.storing = new Storing(pages, routes, time);
    this.budget = budget;
    this.recent = recent;
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
  /// @param errand what it is for, as the origin's protection sees it
  /// @param notForStore why the response is not stored, whatever it says; empty if it may be
  /// @param first what an event loop has begun of it
  public record Order(
      Route route,
      RequestHead sent,
      BodySource body,
      List<StoredCandidatePage> validated,
      Optional<Consumer<ResponseHead>> client,
      Errand errand,
      Optional<StoreDecision.Reason> notForStore,
      Optional<FirstAttempt> first) {

    /// Nothing of it has begun, and its response may be stored.
    public Order(
        Route route,
        RequestHead sent,
        BodySource body,
        List<StoredCandidatePage> validated,
        Optional<Consumer<ResponseHead>> client,
        Errand errand) {
      this(route, sent, body, validated, client, errand, Optional.empty(), Optional.empty());
    }

    public Order notForStore(Optional<StoreDecision.Reason> why) {
      return new Order(route, sent, body, validated, client, errand, why, first);
    }

    public Order begunBy(Optional<FirstAttempt> attempt) {
      return new Order(route, sent, body, validated, client, errand, notForStore, attempt);
    }

    /// A request whose answer depends on more than what is in the key.
    boolean hasContentNotInKey() {
      return !body.isNone() && (sent.isGet() || sent.isHead());
    }

    /// The same without conditions of ours.
    Order unconditional() {
      return new Order(
          route,
          Validation.withoutConditions(sent),
          body,
          List.of(),
          client,
          errand,
          notForStore,
          Optional.empty());
    }
  }

  /// Fetches; lands the flight exactly once, and returns when the body has been passed on.
  public void run(Flight flight, Order order) {
    land(flight, order, Passing.THROUGH_WINDOW).ifPresent(Runnable::run);
  }

  /// Fetches, for a flight that nobody can join, on the client's own thread: lands the flight
  /// exactly once, and returns then. A response that is for this client alone he reads from the
  /// origin himself.
  ///
  /// @return what is left to do, on another thread while the client reads; empty if nothing is
  public Optional<Runnable> land(Flight flight, Order order) {
    return land(flight, order, Passing.DIRECTLY);
  }

  /// How the body of a response for one client gets to him.
  private enum Passing {
    /// He reads what this thread writes.
    THROUGH_WINDOW,
    DIRECTLY
  }

  /// @return what is left to do
  private Optional<Runnable> land(Flight flight, Order order, Passing passing) {
    try {
      return switch (send(flight, order)) {
        case OriginOutcome.Failed failed -> {
          if (!failed.error().isBeforeRequest()) {
            storing.invalidateInDoubt(order);
          }
          note(
              flight,
              order,
              time.now(),
              Optional.empty(),
              new Fate.Failed(failed.error()),
              List.of());
          flight.land(new Landing.Failed(failed));
          yield Optional.empty();
        }
        case Answered answered -> land(flight, order, answered, passing);
      };
    } catch (RuntimeException | Error e) {
      storing.invalidateInDoubt(order);
      flight.crash(e);
      throw e;
    }
  }

  private OriginOutcome send(Flight flight, Order order) {
    return origins.send(
        order.route().pool(),
        order.route().timeouts(),
        new OriginClient.Sending(
            order.sent(),
            order.body(),
            interim -> order.client().ifPresent(client -> client.accept(forwarded(interim))),
            flight.givenUp(),
            Optional.empty(),
            order.first()),
        order.errand());
  }

  /// What becomes of the answer to a GET without content that was sent on an event loop, if it is
  /// for one client alone, whatever he gets of its body; empty if more is to be done about it,
  /// which is then [#land]'s. Does not wait.
  ///
  /// @param mark that said so beforehand; null if it is to be looked for
  public Optional<Landing.Unshareable> passed(
      Flight flight, Order order, Answered answered, @Nullable UncollapsibleMark mark) {
    Received received = received(flight, order, answered);
    if (!(received.decision() instanceof StoreDecision.DoNotStore refusal)) {
      return Optional.empty();
    }
    Fate why = refused(received, refusal, mark);
    return Optional.of(new Landing.Unshareable(received.head(), BodySource.EMPTY, why));
  }

  private static Received received(Flight flight, Order order, Answered answered) {
    ResponseHead head = forwarded(answered.head()).withDate(answered.received());
    return new Received(flight, order, head, answered);
  }

  /// Notes that a response is for the one client that asked, and that those of its URL are likely
  /// to be, if it says so.
  ///
  /// @param mark that says so already, as far as it is known
  private Fate refused(
      Received received, StoreDecision.DoNotStore refusal, @Nullable UncollapsibleMark mark) {
    Duration span = refusal.doNotCollapseFor();
    if (!span.isZero() && received.provesUnshareable() && (mark == null || !mark.isYoung(span))) {
      pages.markUncollapsible(received.flight().key(), span);
    }
    return unshared(received, new Fate.Forbidden(refusal.reason()));
  }

  /// Notes that a response is for the one client that asked.
  private Fate unshared(Received received, Fate why) {
    received.flight().load().endTurn();
    storing.invalidateChanged(received);
    note(received, why);
    return why;
  }

  /// As a client gets it.
  public static ResponseHead forwarded(ResponseHead received) {
    return received.withFields(ConnectionFields.removed(received.fields()));
  }

  private Optional<Runnable> land(Flight flight, Order order, Answered answered, Passing passing) {
    Received received = received(flight, order, answered);
    ResponseHead head = received.head();
    if (head.status() == 304 && !order.validated().isEmpty()) {
      return confirm(received, passing);
    }
    if (order.hasContentNotInKey()) {
      return pass(
          received, unshared(received, new Fate.NotKept(Fate.Cause.REQUEST_CONTENT)), passing);
    }
    if (order.sent().isHead() && head.status() == 200) {
      storing.updateByHead(received);
    }
    return switch (received.decision()) {
      case StoreDecision.Store store
          when contentLength(head).orElse(0) > order.route().maxStoredBodyBytes() -> {
        storing.noteUnshareable(received);
        yield pass(
            received, unshared(received, new Fate.NotKept(Fate.Cause.BODY_TOO_LARGE)), passing);
      }
      case StoreDecision.Store store -> share(received, store);
      case StoreDecision.DoNotStore refusal ->
          pass(received, refused(received, refusal, null), passing);
    };
  }

  private Optional<Runnable> confirm(Received received, Passing passing) {
    BodyPump.drain(received.answered().body());
    Optional<StoredCandidatePage> confirmed = storing.confirm(received);
    if (confirmed.isEmpty()) {
      // It confirms none of ours (RFC 9111 §4.3.3), and the client asked no condition: ask
      // without.
      return land(received.flight(), received.order().unconditional(), passing);
    }
    note(received, new Fate.Confirmed());
    received.flight().land(new Landing.Confirmed(confirmed.get()));
    return Optional.empty();
  }

  /// A response that is for others too.
  private Optional<Runnable> share(Received received, StoreDecision.Store store) {
    Flight flight = received.flight();
    Order order = received.order();
    Page.Stored page = storing.page(received, store);
    storing.noteIfNeverFresh(received, store);
    if (!order.sent().isSafe()) {
      storing.invalidateChangedAndBeginAnew(received);
      page = storing.page(received, store);
    }
    Page.Stored landed = page;
    SharedBody body = SharedBody.kept(order.route().maxStoredBodyBytes(), budget);
    flight.land(
        new Landing.Shareable(
            received.deliveredHead(),
            leaderBody(order, body),
            StoredCandidatePage.arrived(
                page, Storing.tags(received, received.head()), flight.load()),
            body));
    return Optional.of(() -> fill(received, store, landed, body));
  }

  private void fill(
      Received received, StoreDecision.Store store, Page.Stored page, SharedBody body) {
    try {
      boolean isWhole =
          BodyPump.move(received.answered().head().fields(), received.answered().body(), body);
      note(received, kept(received, store, page, body, isWhole));
    } finally {
      body.leaveBudget();
    }
  }

  private Fate kept(
      Received received,
      StoreDecision.Store store,
      Page.Stored page,
      SharedBody body,
      boolean isWhole) {
    if (!isWhole) {
      return new Fate.NotKept(Fate.Cause.BROKE_OFF);
    }
    Optional<byte[]> bytes = body.bytes();
    if (bytes.isEmpty()) {
      return new Fate.NotKept(
          body.isOverLimit() ? Fate.Cause.BODY_TOO_LARGE : Fate.Cause.NO_ROOM_TO_FILL);
    }
    Fate fate = storing.keep(received, store, page.withBody(bytes.get(), body.trailers()));
    if (fate instanceof Fate.Stored) {
      body.liesIn(bytes.get());
    }
    return fate;
  }

  /// Gives a response to the one client that asked.
  private Optional<Runnable> pass(Received received, Fate why, Passing passing) {
    Flight flight = received.flight();
    HttpFields fields = received.answered().head().fields();
    BodySource source = received.answered().body();
    return switch (passing) {
      case DIRECTLY -> {
        flight.land(new Landing.Unshareable(received.head(), new PassedBody(fields, source), why));
        yield Optional.empty();
      }
      case THROUGH_WINDOW -> {
        SharedBody body = SharedBody.passing(budget);
        BodySource leaders = leaderBody(received.order(), body);
        flight.land(new Landing.Unshareable(received.head(), leaders, why));
        yield Optional.of(() -> BodyPump.move(fields, source, body));
      }
    };
  }

  private static BodySource leaderBody(Order order, SharedBody body) {
    return order.client().isPresent() ? body.join().orElseThrow() : BodySource.EMPTY;
  }

  private void note(Received received, Fate fate) {
    note(
        received.flight(),
        received.order(),
        received.answered().received(),
        Optional.of(received.answered().head().status()),
        fate,
        Storing.tags(received, received.head()));
  }

  private void note(
      Flight flight,
      Order order,
      Instant at,
      Optional<Integer> status,
      Fate fate,
      List<String> tags) {
    recent.note(
        new FetchReport(flight.key().text(), at, order.sent().method(), status, fate, tags));
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
