package io.forebay.proxy;

import io.forebay.http.ForwardedElement;
import io.forebay.http.HttpFields;
import java.util.List;

/// Who sent a request.
///
/// @param client IP address of the client, as far as trusted proxies tell
/// @param hop IP address of whoever sent the request here: the client itself, or the last proxy
/// @param word whose word on the client counts
/// @param before what that word says of the way to `hop`, in its order: only addresses of what is
///   not believed
public record Sender(String client, String hop, Word word, List<ForwardedElement> before) {

  /// In which fields somebody tells of the client.
  public enum Word {
    /// In none: `hop` may be anybody, and all such fields its invention.
    NONE,
    /// In `X-Forwarded-For` and its like; `Forwarded` may be anybody's.
    X_FORWARDED,
    /// In `Forwarded` (RFC 7239); the others may be anybody's.
    FORWARDED;

    /// The fields without those that tell of the client and do not count.
    public HttpFields believed(HttpFields fields) {
      return fields.without(line -> tellsOfClient(line.name()));
    }

    private boolean tellsOfClient(String name) {
      boolean isForwarded = name.equalsIgnoreCase("forwarded");
      boolean isOther =
          name.equalsIgnoreCase("x-real-ip") || name.regionMatches(true, 0, "x-forwarded-", 0, 12);
      return switch (this) {
        case NONE -> isForwarded || isOther;
        case X_FORWARDED -> isForwarded;
        case FORWARDED -> isOther;
      };
    }
  }

  public Sender {
    before = List.copyOf(before);
  }

  /// One that speaks for itself.
  public static Sender direct(String ip) {
    return new Sender(ip, ip, Word.NONE, List.of());
  }
}
