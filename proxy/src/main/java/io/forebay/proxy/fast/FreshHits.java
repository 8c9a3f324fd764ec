package io.forebay.proxy.fast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.cache.Entry;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.VariantKey;
import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.UncollapsibleMark;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.scan.RequestScan;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Answers plain requests for fresh pages: finds the page, checks it by the rule of the general
/// path, and has it ready as prepared bytes.
///
/// A page is served when it is fresh *now*, no barrier covers it ([io.forebay.cache.Cache#peek]
/// asks that), it was not marked stale, and this node may trust what it knows. Whatever is not
/// certain is not answered: no trace is left then, and the general path begins from the start.
///
/// Of one event loop and one scheme.
public final class FreshHits {

  /// Forms of `Accept-Encoding` that are remembered; then all are forgotten. Clients choose them.
  private static final int MOST_VARIANTS = 256;

  private static final byte[] NOTHING = {};

  private final FastPath path;
  private final Places places;
  private final HitMeters meters;
  private final Map<String, String> variants = new HashMap<>();
  private byte[] keyBytes = new byte[512];
  private byte[] headBytes = new byte[1024];
  private @Nullable String lastKey;
  private @Nullable PreparedPage found;
  private long ageNanos;
  private boolean withBody;
  private ExchangeMeter meter = (_, _) -> {};

  /// @param scheme of the requests
  /// @param protocol its version, for records
  public FreshHits(FastPath path, String scheme, String protocol) {
    this.path = path;
    this.places = new Places(path.routes(), scheme);
    this.meters = new HitMeters(path.observer(), path.time(), protocol);
  }

  /// What a client can take of an answer.
  @FunctionalInterface
  public interface Room {

    /// @param headBytes the most that the head takes in HTTP/1.1's form
    boolean isFor(int headBytes, int bodyBytes);
  }

  /// What is asked for.
  record Asked(
      RequestScan request, Places.Place place, Supplier<String> peer, Room room, long nanoTime) {}

  /// Counts the page that was found, once it has been written.
  public ExchangeMeter meter() {
    return meter;
  }

  /// Appends the answer with the page that was found, as HTTP/1.1.
  public void write(ByteBuf out) {
    PreparedPage page = found();
    if (headBytes.length < page.maxHeadBytes()) {
      headBytes = new byte[2 * page.maxHeadBytes()];
    }
    page.write(out, headBytes, ageNanos, withBody);
  }

  /// The head of the answer with the page that was found.
  ///
  /// @param form makes it; the same for all calls, since what it made is used again
  public HeaderBlock head(Function<ResponseHead, HeaderBlock> form) {
    return found().head(ageNanos, form);
  }

  /// What follows the head; not to be changed.
  public byte[] body() {
    return withBody ? found().body() : NOTHING;
  }

  private PreparedPage found() {
    return Objects.requireNonNull(found, "nothing was found");
  }

  /// Finds the page that answers a request, if that is certain. It is counted as served.
  ///
  /// @param request a plain one
  /// @param peer the client's address, for records
  /// @param room whether the answer can be sent
  /// @param nanoTime now
  public boolean find(RequestScan request, Supplier<String> peer, Room room, long nanoTime) {
    lastKey = null;
    Places.Place place = places.of(request);
    if (place.keyStart().isEmpty()
        || !hasPlainPath(request)
        || path.pages().isolation().isSuspect(nanoTime)) {
      return false;
    }
    Asked asked = new Asked(request, place, peer, room, nanoTime);
    String key = key(place.keyStart().get(), request);
    try (Entry<String, Page> entry = path.pages().look(key, nanoTime)) {
      if (entry == null) {
        lastKey = key;
      }
      return entry != null
          && switch (entry.value()) {
            case Page.Stored page -> serve(asked, entry, page, PreparedPage.Fit.ANY);
            case Page.VariantIndex index -> serveVariant(asked, key, entry, index);
            case Page.Uncollapsible _ -> false;
          };
    }
  }

  /// Whether the request of the last [#find] is passed on whatever lies in the store.
  public boolean isBypassed(RequestScan request) {
    return places.isBypassed(places.of(request), request);
  }

  /// The mark that the responses to the request of the last [#find] proved unshareable lately; null
  /// if there is none, or something lies there that may answer it.
  public @Nullable UncollapsibleMark uncollapsibleMark(long nanoTime) {
    return lastKey == null ? null : path.pages().uncollapsibleMark(lastKey, nanoTime);
  }

  /// Whether the path has nothing in it that the general path would bring into another form, or
  /// find ambiguous ([io.forebay.http.RequestForm]).
  private static boolean hasPlainPath(RequestScan request) {
    byte[] bytes = request.bytes();
    byte last = 0;
    for (int i = request.targetFrom(); i < request.targetTo() && bytes[i] != '?'; i++) {
      byte here = bytes[i];
      boolean isPlain =
          switch (here) {
            case '%', ';', '\\' -> false;
            case '/', '.' -> last != '/';
            default -> true;
          };
      if (!isPlain) {
        return false;
      }
      last = here;
    }
    return true;
  }

  private String key(byte[] start, RequestScan request) {
    int targetBytes = request.targetTo() - request.targetFrom();
    int length = start.length + targetBytes;
    if (keyBytes.length < length) {
      keyBytes = Arrays.copyOf(keyBytes, 2 * length);
    }
    System.arraycopy(start, 0, keyBytes, 0, start.length);
    System.arraycopy(request.bytes(), request.targetFrom(), keyBytes, start.length, targetBytes);
    return new String(keyBytes, 0, length, ISO_8859_1);
  }

  /// If all that is known of the page's variants is that they differ by `Accept-Encoding`.
  private boolean serveVariant(
      Asked asked, String key, Entry<String, Page> indexEntry, Page.VariantIndex index) {
    HttpFields vary = index.varies().getFirst();
    if (index.varies().size() != 1 || !PreparedPage.variesByEncoding(vary)) {
      return false;
    }
    String variantKey = PageStore.variantKey(key, variant(vary, asked.request()));
    try (Entry<String, Page> entry = path.pages().look(variantKey, asked.nanoTime())) {
      boolean isServed =
          entry != null
              && entry.value() instanceof Page.Stored page
              && serve(asked, entry, page, PreparedPage.Fit.BY_ENCODING);
      if (isServed) {
        path.pages().served(indexEntry, asked.nanoTime());
      }
      return isServed;
    }
  }

  private String variant(HttpFields vary, RequestScan request) {
    if (!request.hasAcceptEncoding()) {
      return VariantKey.of(vary, HttpFields.none());
    }
    String wanted = request.text(request.acceptEncodingFrom(), request.acceptEncodingTo());
    String known = variants.get(wanted);
    if (known == null) {
      known = VariantKey.of(vary, HttpFields.of("Accept-Encoding", wanted));
      if (variants.size() == MOST_VARIANTS) {
        variants.clear();
      }
      variants.put(wanted, known);
    }
    return known;
  }

  private boolean serve(
      Asked asked, Entry<String, Page> entry, Page.Stored page, PreparedPage.Fit wanted) {
    PreparedPage prepared = PreparedPage.of(page, path);
    long age = prepared.ageNanos(asked.nanoTime());
    boolean isCertain =
        prepared.fit() == wanted
            && prepared.remainingNanos(age) > 0
            && !entry.isSoftInvalidated()
            && !path.pages().isSuspect();
    if (!isCertain) {
      return false;
    }
    Optional<Route> route = places.route(asked.place(), asked.request());
    if (route.isEmpty() || prepared.isCoded(route.get().rules().coding())) {
      return false;
    }
    boolean isWithBody = !asked.request().isHead();
    int bodyBytes = isWithBody ? prepared.body().length : 0;
    if (!asked.room().isFor(prepared.maxHeadBytes(), bodyBytes)) {
      return false;
    }
    path.pages().served(entry, asked.nanoTime());
    found = prepared;
    ageNanos = age;
    withBody = isWithBody;
    meter = meters.of(route.get(), asked, prepared, age);
    return true;
  }
}
