package io.forebay.http.caching;

import io.forebay.http.ResponseHead;
import java.time.Duration;
import java.util.List;

/// Whether a response is stored (RFC 9111 §3).
public sealed interface StoreDecision {

  /// Store it. It is worth keeping until its age reaches `freshness.lifetime() + keepStale`.
  ///
  /// @param head what to store: without hop-by-hop fields, `Age`, and the stripped fields (RFC 9111
  ///   §3.1), with a `Date`
  /// @param initialAge its age when it was received
  /// @param keepStale how long after its lifetime it is of use: for stale windows, and for
  ///   validation when it has a validator
  /// @param strippedFields names of fields that must not be stored (qualified `private` and
  ///   `no-cache`, cookies by policy); the client that caused the fetch gets them
  record Store(
      ResponseHead head,
      Freshness freshness,
      Duration initialAge,
      Duration keepStale,
      List<String> strippedFields)
      implements StoreDecision {

    /// How much longer it is fresh, counted from when it was received; zero when it was stale
    /// already. Other requests that wait for the same fetch may be answered with it only when this
    /// is more than zero.
    public Duration freshFor() {
      Duration remaining = freshness.remainingAt(initialAge);
      return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    /// How much longer it is worth keeping, counted from when it was received.
    public Duration keepFor() {
      Duration remaining = freshness.lifetime().plus(keepStale).minus(initialAge);
      return remaining.isNegative() ? Duration.ZERO : remaining;
    }
  }

  /// Do not store it.
  ///
  /// @param doNotCollapseFor for how long requests of this key must not wait for one another; zero
  ///   when the reason lies in this one request, or the response does
  ///   ([StoreRules#provesUnshareable])
  record DoNotStore(Reason reason, Duration doNotCollapseFor) implements StoreDecision {}

  /// Why a response is not stored.
  enum Reason {
    METHOD(false, "responses to this method are not stored"),
    REQUEST_NO_STORE(false, "the request says no-store"),
    RANGE_REQUEST(false, "the answer depends on the range that was asked for"),
    CONDITIONAL_REQUEST(false, "the answer depends on the client's own conditions"),
    NOT_FINAL(false, "it is an interim response"),
    STATUS_NOT_UNDERSTOOD(true, "it says must-understand and the status code is not understood"),
    PARTIAL_CONTENT(false, "it is a part of a response that does not say clearly which"),
    NOT_MODIFIED(false, "a 304 updates a stored response and is not one itself"),
    NO_STORE(true, "the response says no-store"),
    PRIVATE(true, "the response says private"),
    AUTHORIZATION(false, "the request was authorized and the response does not allow sharing"),
    SET_COOKIE(true, "the response sets a cookie and is not marked for shared caches"),
    CONTENT_TYPE(true, "its path ends like a static file's, and its content is not of such a type"),
    BYPASS(false, "the route passes everything on"),
    VARY_ALL(true, "it varies on more than the request's fields (Vary: *)"),
    NO_FRESHNESS(
        true, "the response does not say how long it is fresh, and nothing allows a guess"),
    NOTHING_TO_REUSE(true, "it is stale at once and cannot be validated");

    private final boolean ofResource;
    private final String sentence;

    Reason(boolean ofResource, String sentence) {
      this.ofResource = ofResource;
      this.sentence = sentence;
    }

    /// Whether the next response is likely to be refused too: the reason lies in the resource, not
    /// in this request.
    public boolean isOfResource() {
      return ofResource;
    }

    /// For people: completes "not stored: …".
    public String sentence() {
      return sentence;
    }
  }
}
