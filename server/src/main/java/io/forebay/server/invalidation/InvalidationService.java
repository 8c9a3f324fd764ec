package io.forebay.server.invalidation;

import io.forebay.cache.Cache;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationReceipt;
import io.forebay.cache.InvalidationReceipt.Stage;
import io.forebay.cache.Invalidations;
import io.forebay.cache.Preview;
import io.forebay.cache.Scope;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.audit.Admission;
import io.forebay.server.audit.AuditEnd;
import io.forebay.server.audit.AuditEntry;
import io.forebay.server.audit.AuditTrail;
import io.forebay.server.audit.AuditedOperation;
import io.forebay.server.forward.Forwarder;
import io.forebay.server.invalidation.PreviewPage.CacheTotal;
import io.forebay.server.invalidation.PreviewPage.Cursor;
import io.forebay.server.invalidation.PreviewPage.Match;
import io.forebay.server.invalidation.Tickets.Ticket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Carries out what people and clients want invalidated; see the package for the order of steps.
/// Thread-safe; callers must be able to wait.
public final class InvalidationService implements AutoCloseable {

  private final NodeCaches caches;
  private final Invalidations invalidations;
  private final AuditTrail audit;
  private final Forwarder forwarder;
  private final Tickets tickets;
  private final LateCounts counts;
  private final InvalidationFigures figures = new InvalidationFigures();
  private final SecureRandom random = new SecureRandom();

  /// @param maxReceipts as many as the engine keeps
  public InvalidationService(
      NodeCaches caches,
      Invalidations invalidations,
      AuditTrail audit,
      Forwarder forwarder,
      int maxReceipts) {
    this.caches = caches;
    this.invalidations = invalidations;
    this.audit = audit;
    this.forwarder = forwarder;
    this.tickets = new Tickets(maxReceipts);
    this.counts = new LateCounts(invalidations, maxReceipts);
  }

  public InvalidationFigures figures() {
    return figures;
  }

  // ---- changing

  /// Puts all orders in force, or refuses all of them; waits as asked.
  ///
  /// @param field what one order is called in a problem: `operations`, then its number; empty if
  ///   orders have no such name
  public InvalidationAnswer submit(InvalidationRequest request, Optional<String> field) {
    Optional<Problem> problem = problemOf(request.orders(), field);
    if (problem.isPresent()) {
      return refuse(request.by(), request.source(), problem.get());
    }
    String id = newId();
    List<InvalidationOrder> orders = caches.covered(request.orders());
    List<Operation> operations = Operation.of(request.orders());
    return switch (audit.begin(entry(request, id, operations))) {
      case Admission.Refused(var why) -> {
        figures.countRefused(request.source());
        yield new InvalidationAnswer.Refused(Problem.of(ProblemType.AUDIT_UNAVAILABLE, why));
      }
      case Admission.Admitted(var row) -> {
        AuditEnd end = AuditEnd.answered(500, OptionalLong.empty());
        try {
          InvalidationAnswer answer = carryOut(request, id, orders, operations);
          end = AuditEnd.answered(answer.status(), affectedBy(id));
          yield answer;
        } finally {
          row.finish(end);
          if (end.affected().isEmpty()) {
            counts.expect(id, row, end);
          }
        }
      }
    };
  }

  /// Notes that a request was refused because of what it says; nothing was changed.
  public InvalidationAnswer refuse(Requester by, Source source, Problem problem) {
    figures.countRefused(source);
    var entry = AuditEntry.of(AuditedOperation.INVALIDATE, by.name(), by.address());
    if (audit.begin(entry) instanceof Admission.Admitted(var row)) {
      row.finish(AuditEnd.answered(problem.type().status(), OptionalLong.of(0)));
    }
    return new InvalidationAnswer.Refused(problem);
  }

  private Optional<Problem> problemOf(List<InvalidationOrder> orders, Optional<String> field) {
    for (int i = 0; i < orders.size(); i++) {
      String at = "[" + i + "]";
      Optional<Problem> problem = caches.problemOf(orders.get(i), field.map(name -> name + at));
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static AuditEntry entry(
      InvalidationRequest request, String id, List<Operation> operations) {
    int more = request.orders().size() - operations.size();
    String scope =
        operations.stream().map(Operation::text).collect(Collectors.joining("; "))
            + (more == 0 ? "" : "; … +" + more);
    var entry =
        AuditEntry.of(AuditedOperation.INVALIDATE, request.by().name(), request.by().address())
            .covering(scope)
            .about(id);
    List<Optional<String>> named =
        request.orders().stream().map(InvalidationOrder::cache).distinct().toList();
    if (named.size() == 1 && named.getFirst().isPresent()) {
      entry = entry.inCache(named.getFirst().get());
    }
    String modes =
        request.orders().stream()
            .map(order -> order.mode().name().toLowerCase(java.util.Locale.ROOT))
            .distinct()
            .sorted()
            .collect(Collectors.joining(","));
    entry = entry.inMode(modes);
    return request.why().isEmpty() ? entry : entry.because(request.why());
  }

  private InvalidationAnswer carryOut(
      InvalidationRequest request,
      String id,
      List<InvalidationOrder> orders,
      List<Operation> operations) {
    long deadline = System.nanoTime() + request.timeout().toNanos();
    tickets.put(id, new Ticket(request.source(), operations, Optional.empty()));
    InvalidationReceipt inForce =
        invalidations.submit(id, request.by().name(), request.why(), orders);
    figures.countInForce(request.source(), orders.size());
    // Downstream only now: what they fetch again is new, whichever node they ask. One that cannot
    // hear of it for longer is suspect by then, and does not serve it as fresh.
    if (forwarder.hasTargets() && !inForce.queued()) {
      var _ = is(Stage.IN_FORCE, id, deadline);
    }
    Passing passing = Passing.begin(forwarder, PageOrders.downstream(orders));
    var ticket = new Ticket(request.source(), operations, Optional.of(passing));
    tickets.put(id, ticket);
    if (inForce.notKept().isPresent() && !inForce.queued()) {
      figures.countNotKept();
      return new InvalidationAnswer.NotKept(receipt(inForce, ticket));
    }
    boolean inTime =
        switch (request.waitFor()) {
          case LOCAL -> true;
          case ALL -> isPassedOn(passing, deadline) && is(Stage.IN_FORCE, id, deadline);
          case SWEPT -> isPassedOn(passing, deadline) && is(Stage.SWEPT, id, deadline);
        };
    Receipt receipt = receipt(invalidations.receipt(id).orElse(inForce), ticket);
    if (request.waitFor() == Wait.LOCAL && receipt.progress().queued()) {
      return new InvalidationAnswer.Pending(receipt);
    }
    if (request.waitFor() != Wait.LOCAL && receipt.isRefusedDownstream()) {
      return new InvalidationAnswer.NotPassedOn(receipt);
    }
    return inTime
        ? new InvalidationAnswer.Done(receipt)
        : new InvalidationAnswer.NotInTime(receipt);
  }

  private static boolean isPassedOn(Passing passing, long deadline) {
    try {
      passing.ended().get(left(deadline), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("it never ends so", e);
    }
  }

  /// Whether it comes to this stage on every node in time.
  private boolean is(Stage stage, String id, long deadline) {
    try {
      return invalidations
          .await(id, stage, Duration.ofNanos(left(deadline)))
          .filter(receipt -> receipt.stage().compareTo(stage) >= 0)
          .isPresent();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static long left(long deadline) {
    return Math.max(0, deadline - System.nanoTime());
  }

  /// Known once everything is swept.
  private OptionalLong affectedBy(String id) {
    return receipt(id)
        .filter(Receipt::isSwept)
        .map(receipt -> OptionalLong.of(receipt.affected()))
        .orElse(OptionalLong.empty());
  }

  /// 80 random bits; easy to type.
  private String newId() {
    String alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    var id = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      id.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return id.toString();
  }

  /// Lets go of what waits for its count.
  @Override
  public void close() {
    counts.close();
  }

  // ---- looking

  /// The receipt as it is now; empty if there never was one, or it is too long ago.
  public Optional<Receipt> receipt(String id) {
    return invalidations.receipt(id).flatMap(this::receipt);
  }

  /// The newest, newest first.
  ///
  /// @param before only those older than this one
  public List<Receipt> newest(Optional<String> before, int limit) {
    return invalidations.newest(before, limit).stream()
        .flatMap(progress -> receipt(progress).stream())
        .toList();
  }

  private Optional<Receipt> receipt(InvalidationReceipt progress) {
    return tickets.find(progress.id()).map(ticket -> receipt(progress, ticket));
  }

  private Receipt receipt(InvalidationReceipt progress, Ticket ticket) {
    return new Receipt(
        progress,
        ticket.source(),
        ticket.operations(),
        invalidations.isKept(progress),
        ticket.targets());
  }

  /// What became of a preview.
  public sealed interface PreviewOutcome {
    record Found(PreviewPage page) implements PreviewOutcome {}

    record Refused(Problem problem) implements PreviewOutcome {}
  }

  /// What the orders would cover now. Changes nothing, not even statistics, and leaves no row in
  /// the audit.
  ///
  /// @param after where the page begins; empty for the first
  /// @param limit entries on the page; 0 for the totals only
  public PreviewOutcome preview(
      List<InvalidationOrder> asked, Optional<String> field, Optional<Cursor> after, int limit) {
    Optional<Problem> problem = problemOf(asked, field);
    if (problem.isPresent()) {
      return new PreviewOutcome.Refused(problem.get());
    }
    List<InvalidationOrder> orders = caches.covered(asked);
    List<CacheTotal> totals = new ArrayList<>();
    List<Match> matches = new ArrayList<>();
    Optional<Cursor> next = Optional.empty();
    for (Cache<String, ?> cache : caches.concernedBy(orders)) {
      List<Scope> scopes = NodeCaches.scopesIn(cache.name(), orders);
      boolean isBehind = after.isPresent() && cache.name().compareTo(after.get().cache()) < 0;
      Optional<String> from =
          after.filter(cursor -> cursor.cache().equals(cache.name())).map(Cursor::key);
      int room = limit - matches.size();
      Preview<String> preview = cache.preview(scopes, from, Math.max(1, room));
      totals.add(new CacheTotal(cache.name(), preview.entries(), preview.weightBytes()));
      if (isBehind || preview.page().entries().isEmpty()) {
        continue;
      }
      if (room > 0) {
        preview.page().entries().forEach(facts -> matches.add(new Match(cache.name(), facts)));
      }
      boolean isCutHere = room > 0 && preview.page().next().isPresent();
      if (next.isEmpty() && limit > 0 && (isCutHere || room <= 0)) {
        Match last = matches.getLast();
        next = Optional.of(new Cursor(last.cache(), last.facts().key()));
      }
    }
    return new PreviewOutcome.Found(new PreviewPage(totals, matches, next));
  }
}
