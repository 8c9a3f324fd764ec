package io.forebay.proxy;

import io.forebay.http.MessageContent;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ServedResponse;
import java.time.Duration;

/// The heads of answers, as far as they follow from what is stored: the one place where they are
/// made, for the general path and for what the fast one prepares.
public final class ServedHead {

  private ServedHead() {}

  /// The head of a hit, with all of the content.
  ///
  /// @param stored as it is in the store
  public static ResponseHead ofHit(
      ResponseHead stored, int bodyBytes, Duration age, Duration remaining) {
    return whole(ServedResponse.head(stored, age), bodyBytes, statusOfHit(remaining));
  }

  /// Our member of `Cache-Status` for a hit.
  public static CacheStatus statusOfHit(Duration remaining) {
    return CacheStatus.hit(ForwardedRequest.PSEUDONYM, remaining);
  }

  /// The head of a response whose content is all there.
  static ResponseHead whole(ResponseHead head, int bodyBytes, CacheStatus cacheStatus) {
    ResponseHead sent = finished(head, cacheStatus);
    return MessageContent.isAllowed(head.status())
        ? sent.withFields(sent.fields().withReplaced("Content-Length", Integer.toString(bodyBytes)))
        : sent;
  }

  /// The head with our member at the end of `Cache-Status` (RFC 9211 §2).
  static ResponseHead finished(ResponseHead head, CacheStatus cacheStatus) {
    return head.withFields(head.fields().with("Cache-Status", cacheStatus.fieldValue()));
  }
}
