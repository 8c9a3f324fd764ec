package io.forebay.proxy.fast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.cache.Entry;
import io.forebay.http.HttpFields;
import io.forebay.http.caching.VariantKey;
import io.forebay.proxy.HitMeter;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.Route;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Answers plain requests for fresh pages: finds the page, checks it by the rule of the general
/// path, and writes the prepared bytes.
///
/// A page is served when it is fresh *now*, no barrier covers it ([io.forebay.cache.Cache#peek]
/// asks that), it was not marked stale, and this node may trust what it knows. Whatever is not
/// certain is not answered: no trace is left then, and the general path begins from the start.
///
/// Of one event loop and one scheme.
public final class FreshHits {

  /// Forms of `Accept-Encoding` that are remembered; then all are forgotten. Clients choose them.
  private static final int MOST_VARIANTS = 256;

  private final FastPath path;
  private final Places places;
  private final HitMeters meters;
  private final Map<String, String> variants = new HashMap<>();
  private byte[] keyBytes = new byte[512];
  private byte[] headBytes = new byte[1024];
  private HitMeter meter = (_, _) -> {};
  private long bodyBytes;

  /// @param scheme of the requests
  public FreshHits(FastPath path, String scheme) {
    this.path = path;
    this.places = new Places(path.routes(), scheme);
    this.meters = new HitMeters(path.observer(), path.time());
  }

  /// What is asked for.
  record Asked(
      RequestScan request, Places.Place place, Supplier<String> peer, long nanoTime, ByteBuf out) {}

  /// Counts the last answer, once it has been written.
  public HitMeter meter() {
    return meter;
  }

  /// Of the last answer's body.
  public long bodyBytes() {
    return bodyBytes;
  }

  /// Appends the answer, if it is certain; else does nothing.
  ///
  /// @param request a plain one
  /// @param peer the client's address, for records
  /// @param nanoTime now
  /// @return whether it did
  public boolean answer(RequestScan request, Supplier<String> peer, long nanoTime, ByteBuf out) {
    Places.Place place = places.of(request);
    if (place.keyStart().isEmpty() || !hasPlainPath(request)) {
      return false;
    }
    Asked asked = new Asked(request, place, peer, nanoTime, out);
    String key = key(place.keyStart().get(), request);
    try (Entry<String, Page> entry = path.pages().look(key, nanoTime)) {
      return entry != null
          && switch (entry.value()) {
            case Page.Stored page -> serve(asked, entry, page, PreparedPage.Fit.ANY);
            case Page.VariantIndex index -> serveVariant(asked, key, entry, index);
            case Page.Uncollapsible _ -> false;
          };
    }
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
            && !path.isSuspect().getAsBoolean();
    if (!isCertain) {
      return false;
    }
    Optional<Route> route = places.route(asked.place(), asked.request());
    if (route.isEmpty() || prepared.isCoded(route.get().rules().coding())) {
      return false;
    }
    path.pages().served(entry, asked.nanoTime());
    if (headBytes.length < prepared.maxHeadBytes()) {
      headBytes = new byte[2 * prepared.maxHeadBytes()];
    }
    boolean withBody = !asked.request().isHead();
    prepared.write(asked.out(), headBytes, age, withBody);
    bodyBytes = withBody ? prepared.bodyBytes() : 0;
    meter = meters.of(route.get(), asked, prepared, age);
    return true;
  }
}
