package io.forebay.cache;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where people and clients have something invalidated: it enters a batch into the log and gives a
/// receipt for it.
///
/// ```
/// open receipt  →  log: numbered, in force in every cache it concerns, kept  →  acknowledged  →  swept
/// ```
///
/// Thread-safe.
public final class Invalidations {

  private final InvalidationLog log;
  private final Receipts receipts;

  /// @param receipts the same that the caches were built with
  public Invalidations(InvalidationLog log, Receipts receipts) {
    this.log = log;
    this.receipts = receipts;
    log.observe(receipts::numbered);
  }

  /// Puts all orders in force and returns then. May wait for the log.
  ///
  /// @param id not used before
  /// @param who a principal's name
  /// @param why a few words for people; may be empty
  /// @param orders 1 to [InvalidationBatch#MAX_ORDERS], checked for sense by the caller
  public InvalidationReceipt submit(
      String id, String who, String why, List<InvalidationOrder> orders) {
    InvalidationBatch batch = new InvalidationBatch(Optional.of(id), who, why, orders);
    receipts.open(id, batch);
    return receipts.inForce(id, batch, log.append(batch));
  }

  public Optional<InvalidationReceipt> receipt(String id) {
    return receipts.find(id);
  }

  /// The newest receipts, newest first.
  ///
  /// @param before only those older than this one; none if it is forgotten
  public List<InvalidationReceipt> newest(Optional<String> before, int limit) {
    return receipts.newest(before, limit);
  }

  /// Whether the log has kept all of a batch by now: what it could not keep at first it may have
  /// got since.
  public boolean isKept(InvalidationReceipt receipt) {
    return receipt.last().isPresent() && log.durable().compareTo(receipt.last().get()) >= 0;
  }

  /// Waits until a receipt has come to `stage`, or the time is up; answers it as it is then.
  public Optional<InvalidationReceipt> await(
      String id, InvalidationReceipt.Stage stage, Duration timeout) throws InterruptedException {
    return receipts.await(id, stage, timeout);
  }
}
