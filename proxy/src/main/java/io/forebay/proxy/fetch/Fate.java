package io.forebay.proxy.fetch;

import io.forebay.cache.WriteOutcome;
import io.forebay.http.caching.StoreDecision;
import io.forebay.proxy.origin.OriginError;
import java.util.Locale;

/// What became of a fetch for the store. Log, explanation and `Cache-Status` say it from this.
public sealed interface Fate {

  /// A stable name in snake_case.
  String code();

  /// For people: completes "the last fetch: …".
  String sentence();

  /// The response is in the store.
  record Stored() implements Fate {
    @Override
    public String code() {
      return "stored";
    }

    @Override
    public String sentence() {
      return "stored";
    }
  }

  /// The origin confirmed what is stored (304).
  record Confirmed() implements Fate {
    @Override
    public String code() {
      return "confirmed";
    }

    @Override
    public String sentence() {
      return "the origin confirmed what is stored";
    }
  }

  /// The rules forbid to store it (RFC 9111 §3).
  record Forbidden(StoreDecision.Reason reason) implements Fate {
    @Override
    public String code() {
      return reason.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String sentence() {
      return reason.sentence();
    }
  }

  /// The rules would have let it be stored, but it was not.
  record NotKept(Cause cause) implements Fate {
    @Override
    public String code() {
      return cause.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String sentence() {
      return cause.sentence;
    }
  }

  /// No response came.
  record Failed(OriginError error) implements Fate {
    @Override
    public String code() {
      return error.token();
    }

    @Override
    public String sentence() {
      return error.sentence();
    }
  }

  /// Why a storable response was not kept.
  enum Cause {
    REQUEST_CONTENT("the request had content, which is not in the key"),
    BODY_TOO_LARGE("the body is larger than what is stored"),
    NO_ROOM_TO_FILL("bodies under way hold all of proxy.max_fill_bytes"),
    BROKE_OFF("its body did not come to its end"),
    NOT_THE_PART_IT_SAYS("it is not the part of the content that it says it is"),
    INVALIDATED_SINCE("it was invalidated while it was fetched"),
    OVERTAKEN("a later fetch brought a newer response before it"),
    TOO_HEAVY("it alone is heavier than the cache may become"),
    NOT_ADMITTED("the eviction policy judged it not worth a place"),
    STORE_CLOSED("the store is closed");

    private final String sentence;

    Cause(String sentence) {
      this.sentence = sentence;
    }
  }

  /// As the store answered.
  static Fate of(WriteOutcome outcome) {
    return switch (outcome) {
      case WriteOutcome.Stored _ -> new Stored();
      case WriteOutcome.PreconditionFailed _ -> new NotKept(Cause.OVERTAKEN);
      case WriteOutcome.Refused(var reason) ->
          new NotKept(
              switch (reason) {
                case INVALIDATED_SINCE -> Cause.INVALIDATED_SINCE;
                case OVERTAKEN -> Cause.OVERTAKEN;
                case TOO_LARGE -> Cause.TOO_HEAVY;
                case NOT_ADMITTED -> Cause.NOT_ADMITTED;
                case CLOSED -> Cause.STORE_CLOSED;
              });
    };
  }
}
