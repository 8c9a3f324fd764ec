package io.forebay.http.caching;

import io.forebay.http.ResponseHead;
import java.time.Duration;

/// The head of an answer from the store.
public final class ServedResponse {

  private ServedResponse() {}

  /// The stored head with its `Age` (RFC 9111 §4, §5.1).
  public static ResponseHead head(ResponseHead stored, Duration age) {
    return stored.withFields(stored.fields().withReplaced("Age", Age.fieldValue(age)));
  }
}
