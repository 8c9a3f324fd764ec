package io.forebay.proxy.origin;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Whether an origin is up, from what requests and checks told.
///
/// ```
/// up ── failures in a row, or bad checks ──→ down for a while ──→ on trial ── success ──→ up
///                                              ↑                     │
///                                              └── twice as long ────┘ failure
/// ```
///
/// This is ejection, circuit breaker and active check in one: *down* is the open breaker, *on
/// trial* the half-open one. The trial is one request at a time; where checks are made, these are
/// the trial, and requests put no origin back.
///
/// A result counts only for the spell in which its request began: what began before the origin went
/// down says nothing about whether it has recovered.
///
/// Thread-safe. In the usual case a request costs two reads here.
final class Health {

  /// What an origin suffers from.
  enum Cause {
    /// No connection, none in time, or a connection that ended early.
    UNREACHABLE,
    /// It answers, with 500, 502, 503 or 504, or what a check did not expect.
    ERROR_RESPONSES
  }

  /// A span in one state.
  sealed interface Spell {
    long number();

    long sinceNanos();

    /// @param lastDownNanos how long it was down before; 0 if never
    record Up(long number, long sinceNanos, long lastDownNanos) implements Spell {}

    /// @param lengthNanos at least
    /// @param why for people
    record Down(long number, long sinceNanos, long lengthNanos, Cause cause, String why)
        implements Spell {

      boolean isOver(long now) {
        return now - sinceNanos >= lengthNanos;
      }
    }
  }

  private final Consumer<Spell> changed;

  private volatile PoolSettings settings;
  private volatile Spell spell;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicBoolean onTrial = new AtomicBoolean();

  // Guarded by this: checks in a row.
  private int goodChecks;
  private int badChecks;

  /// An origin is up until something else is known.
  ///
  /// @param changed hears of every spell but the first; called without a lock, must not wait
  Health(PoolSettings settings, long now, Consumer<Spell> changed) {
    this.settings = settings;
    this.changed = changed;
    this.spell = new Spell.Up(1, now, 0);
  }

  /// Goes on under other rules.
  void apply(PoolSettings other) {
    settings = other;
  }

  boolean isUp() {
    return spell instanceof Spell.Up;
  }

  Spell spell() {
    return spell;
  }

  /// Whether checks, and not requests, put it back.
  boolean isChecked() {
    return settings.check().isPresent();
  }

  /// Whether its time down is over, so that a request may try it.
  boolean isTrialDue(long now) {
    return spell instanceof Spell.Down down && !isChecked() && down.isOver(now) && !onTrial.get();
  }

  /// Takes the trial, if it is due; whoever gets it calls [#trialOver].
  boolean claimTrial(long now) {
    return isTrialDue(now) && onTrial.compareAndSet(false, true);
  }

  void trialOver() {
    onTrial.set(false);
  }

  /// A request that began in the spell of this number was answered whole.
  void succeeded(long begunIn, long now) {
    if (failures.get() != 0) {
      failures.set(0);
    }
    if (isUp() || isChecked()) {
      return;
    }
    Spell next;
    synchronized (this) {
      if (!(spell instanceof Spell.Down down) || down.number() != begunIn) {
        return;
      }
      next = up(down, now);
    }
    changed.accept(next);
  }

  /// A request that began in the spell of this number failed.
  void failed(long begunIn, long now, Cause cause, String why) {
    Spell next;
    synchronized (this) {
      if (spell.number() != begunIn) {
        return;
      }
      next =
          switch (spell) {
            case Spell.Up up when failures.incrementAndGet() >= settings.down().afterFailures() ->
                down(up.number(), now, lengthAfter(up, now), cause, why);
            // Still up; the spell is the same.
            case Spell.Up up -> up;
            case Spell.Down down when !isChecked() && down.isOver(now) ->
                down(down.number(), now, doubled(down.lengthNanos()), cause, why);
            case Spell.Down down -> down;
          };
      if (next.number() == begunIn) {
        return;
      }
    }
    changed.accept(next);
  }

  /// A check found the origin well.
  void checkPassed(CheckSettings check, long now) {
    Spell next;
    synchronized (this) {
      badChecks = 0;
      goodChecks++;
      if (!(spell instanceof Spell.Down down)
          || goodChecks < check.upAfter()
          || !down.isOver(now)) {
        return;
      }
      next = up(down, now);
    }
    changed.accept(next);
  }

  /// A check found the origin unwell.
  void checkFailed(CheckSettings check, long now, Cause cause, String why) {
    Spell next;
    synchronized (this) {
      goodChecks = 0;
      badChecks++;
      if (!(spell instanceof Spell.Up up) || badChecks < check.downAfter()) {
        return;
      }
      // The next good checks end it.
      next = down(up.number(), now, 0, cause, why);
    }
    changed.accept(next);
  }

  private Spell up(Spell.Down down, long now) {
    failures.set(0);
    spell = new Spell.Up(down.number() + 1, now, down.lengthNanos());
    return spell;
  }

  private Spell down(long number, long now, long lengthNanos, Cause cause, String why) {
    goodChecks = 0;
    spell = new Spell.Down(number + 1, now, lengthNanos, cause, why);
    return spell;
  }

  /// One that was up for longer than it had been down begins anew.
  private long lengthAfter(Spell.Up up, long now) {
    return up.lastDownNanos() == 0 || now - up.sinceNanos() > up.lastDownNanos()
        ? settings.down().first().toNanos()
        : doubled(up.lastDownNanos());
  }

  private long doubled(long lengthNanos) {
    PoolSettings.DownRules rules = settings.down();
    return Math.min(Math.max(2 * lengthNanos, rules.first().toNanos()), rules.longest().toNanos());
  }
}
