package io.forebay.proxy.pages;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.cache.TimeSource;
import io.forebay.cache.tier.TierCodec;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.Freshness;
import io.forebay.http.caching.FreshnessSource;
import io.forebay.http.caching.StaleSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Pages as bytes, for tiers. A page's age goes on while it lies there.
public final class PageCodec implements TierCodec<Page> {

  private static final String STORED = "forebay-page/2";
  private static final String INDEX = "forebay-page-variants/1";

  private final TimeSource time;

  public PageCodec(TimeSource time) {
    this.time = time;
  }

  @Override
  public Encoded encode(Page page) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      return switch (page) {
        case Page.Stored stored -> {
          write(out, stored);
          yield new Encoded(STORED, bytes.toByteArray());
        }
        case Page.VariantIndex index -> {
          out.writeInt(index.varies().size());
          for (HttpFields vary : index.varies()) {
            write(out, vary);
          }
          yield new Encoded(INDEX, bytes.toByteArray());
        }
        case Page.Uncollapsible _ ->
            throw new IllegalArgumentException("this is for one node alone");
      };
    } catch (IOException memoryHasNone) {
      throw new UncheckedIOException(memoryHasNone);
    }
  }

  private void write(DataOutputStream out, Page.Stored page) throws IOException {
    out.writeInt(page.head().status());
    write(out, page.head().fields());
    text(out, page.variantKey());
    Freshness freshness = page.freshness();
    out.writeLong(freshness.lifetime().toMillis());
    text(out, freshness.source().name());
    out.writeLong(freshness.staleWhileRevalidate().toMillis());
    text(out, freshness.staleWhileRevalidateSource().name());
    out.writeLong(freshness.staleIfError().toMillis());
    text(out, freshness.staleIfErrorSource().name());
    out.writeLong(freshness.staleWhenDisconnected().toMillis());
    out.writeBoolean(freshness.mustRevalidate());
    out.writeBoolean(freshness.noCache());
    Duration here = Duration.ofNanos(time.nanoTime() - page.receivedNanos());
    out.writeLong(page.initialAge().plus(here).toMillis());
    write(out, page.trailers());
    out.writeInt(page.body().length);
    out.write(page.body());
  }

  private static void write(DataOutputStream out, HttpFields fields) throws IOException {
    out.writeInt(fields.size());
    for (var line : fields) {
      text(out, line.name());
      text(out, line.value());
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    boolean latin = text.chars().allMatch(character -> character < 0x100);
    byte[] bytes = text.getBytes(latin ? ISO_8859_1 : UTF_8);
    out.writeBoolean(latin);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public Optional<Page> decode(String type, byte[] bytes, Duration age) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return switch (type) {
        case STORED -> Optional.of(readStored(in, age));
        case INDEX -> Optional.of(readIndex(in));
        default -> Optional.empty();
      };
    } catch (IOException | IllegalArgumentException broken) {
      return Optional.empty();
    }
  }

  private Page readStored(DataInputStream in, Duration age) throws IOException {
    int status = in.readInt();
    ResponseHead head = new ResponseHead(status, readFields(in));
    String variantKey = readText(in);
    Duration lifetime = Duration.ofMillis(in.readLong());
    FreshnessSource source = FreshnessSource.valueOf(readText(in));
    Duration staleWhileRevalidate = Duration.ofMillis(in.readLong());
    StaleSource whileRevalidateSource = StaleSource.valueOf(readText(in));
    Duration staleIfError = Duration.ofMillis(in.readLong());
    StaleSource ifErrorSource = StaleSource.valueOf(readText(in));
    Duration staleWhenDisconnected = Duration.ofMillis(in.readLong());
    boolean mustRevalidate = in.readBoolean();
    boolean noCache = in.readBoolean();
    Duration ageThen = Duration.ofMillis(in.readLong());
    HttpFields trailers = readFields(in);
    int length = in.readInt();
    byte[] body = in.readNBytes(length);
    if (body.length != length || in.read() >= 0) {
      throw new IOException("a body of another length");
    }
    return new Page.Stored(
        head,
        variantKey,
        new Freshness(
            lifetime,
            source,
            staleWhileRevalidate,
            whileRevalidateSource,
            staleIfError,
            ifErrorSource,
            staleWhenDisconnected,
            mustRevalidate,
            noCache),
        ageThen.plus(age),
        time.nanoTime(),
        0,
        trailers,
        body);
  }

  private static Page readIndex(DataInputStream in) throws IOException {
    int size = in.readInt();
    if (size < 1 || size > PageStore.MAX_VARY_FORMS) {
      throw new IOException(size + " forms");
    }
    List<HttpFields> varies = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      varies.add(readFields(in));
    }
    return new Page.VariantIndex(List.copyOf(varies), 0);
  }

  private static HttpFields readFields(DataInputStream in) throws IOException {
    HttpFields.Builder fields = HttpFields.builder();
    int lines = in.readInt();
    for (int i = 0; i < lines; i++) {
      fields.add(readText(in), readText(in));
    }
    return fields.build();
  }

  private static String readText(DataInputStream in) throws IOException {
    boolean latin = in.readBoolean();
    int length = in.readInt();
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new IOException("a text that is cut short");
    }
    return new String(bytes, latin ? ISO_8859_1 : UTF_8);
  }
}
