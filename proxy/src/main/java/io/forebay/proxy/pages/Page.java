package io.forebay.proxy.pages;

import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.Freshness;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What lies under a key of the page cache.
public sealed interface Page {

  /// Bytes it occupies, roughly.
  long weightBytes();

  /// Which load brought it ([PageLoad#number]).
  long loadNumber();

  /// A stored response; with status 206, a part of one.
  ///
  /// @param head as stored: without hop-by-hop fields and `Age`
  /// @param variantKey which requests it answers; empty if the response does not vary
  /// @param initialAge its age when its head was received
  /// @param receivedNanos when that was, on the monotonic clock
  /// @param trailers that came behind the body; never merged with the head (RFC 9110 §6.5.1)
  /// @param body complete; never changed
  /// @param coded the body in content codings of our making, by their names; empty bytes where that
  ///   is not worth it
  /// @param memo for readers
  @SuppressWarnings("ArrayRecordComponent") // pages are compared by nobody
  record Stored(
      ResponseHead head,
      String variantKey,
      Freshness freshness,
      Duration initialAge,
      long receivedNanos,
      long loadNumber,
      HttpFields trailers,
      byte[] body,
      Map<String, byte[]> coded,
      PageMemo memo)
      implements Page {

    public Stored {
      coded = Map.copyOf(coded);
    }

    /// Not coded yet.
    public Stored(
        ResponseHead head,
        String variantKey,
        Freshness freshness,
        Duration initialAge,
        long receivedNanos,
        long loadNumber,
        HttpFields trailers,
        byte[] body) {
      this(
          head,
          variantKey,
          freshness,
          initialAge,
          receivedNanos,
          loadNumber,
          trailers,
          body,
          Map.of(),
          new PageMemo());
    }

    /// The same with the body in one more coding, or in all those that another page has of the same
    /// body.
    public Stored withCoded(Map<String, byte[]> more) {
      Map<String, byte[]> all = new HashMap<>(coded);
      all.putAll(more);
      return new Stored(
          head,
          variantKey,
          freshness,
          initialAge,
          receivedNanos,
          loadNumber,
          trailers,
          body,
          all,
          new PageMemo());
    }

    public Stored withBody(byte[] complete, HttpFields itsTrailers) {
      return new Stored(
          head,
          variantKey,
          freshness,
          initialAge,
          receivedNanos,
          loadNumber,
          itsTrailers,
          complete);
    }

    @Override
    public long weightBytes() {
      long bytes =
          450 + variantKey.length() + weight(head.fields()) + weight(trailers) + body.length;
      for (byte[] other : coded.values()) {
        bytes += 100 + other.length;
      }
      return bytes;
    }

    /// As fields, and as text in the memo.
    private static long weight(HttpFields fields) {
      long bytes = 0;
      for (var line : fields) {
        bytes += 120L + 2L * (line.name().length() + line.value().length() + 2);
      }
      return bytes;
    }
  }

  /// Under a URL whose responses vary: by which fields.
  ///
  /// @param varies the `Vary` fields that were seen, newest first; at most
  ///   [PageStore#MAX_VARY_FORMS]
  /// @param loadNumber of the newest load that said so
  record VariantIndex(List<HttpFields> varies, long loadNumber) implements Page {
    @Override
    public long weightBytes() {
      long bytes = 80;
      for (HttpFields vary : varies) {
        for (var line : vary) {
          bytes += 120L + line.value().length();
        }
      }
      return bytes;
    }
  }

  /// Responses of this URL proved unshareable lately: requests for it don't wait for one another
  /// (known elsewhere as hit-for-miss).
  record Uncollapsible() implements Page {
    @Override
    public long loadNumber() {
      return 0;
    }

    @Override
    public long weightBytes() {
      return 16;
    }
  }
}
