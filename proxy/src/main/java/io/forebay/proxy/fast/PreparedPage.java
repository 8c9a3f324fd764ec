package io.forebay.proxy.fast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.FieldLine;
import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.MessageContent;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CodingRule;
import io.forebay.proxy.HeadWriter;
import io.forebay.proxy.ServedHead;
import io.forebay.proxy.pages.Page;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A stored page made ready to be sent: its head as bytes, with two places left open for what
/// changes with time, its age and how long it stays fresh; and for HTTP/2, made once a second.
///
/// Kept in the page's memo.
final class PreparedPage {

  /// Which requests it answers, of those that look it up.
  enum Fit {
    /// All plain ones.
    ANY,
    /// Those whose `Accept-Encoding` led to it.
    BY_ENCODING,
    /// None: it is the general path's.
    NONE
  }

  // Numbers that no field has by chance; if one does, the page is the general path's.
  private static final Duration SOME_AGE = Duration.ofSeconds(1_702_839_461);
  private static final Duration SOME_REST = Duration.ofSeconds(1_493_617_205);

  private static final String AGE_TEXT = Long.toString(SOME_AGE.toSeconds());
  private static final String REST_TEXT = Long.toString(SOME_REST.toSeconds());

  private static final RequestHead PLAIN =
      new RequestHead("GET", "http", "", "/", HttpFields.none());

  private static final long NANOS = 1_000_000_000;

  private final FastPath maker;
  private final Page.Stored page;
  private final Fit fit;
  private final ResponseHead pattern;
  private final long initialAgeNanos;
  private final long lifetimeNanos;
  private final byte[] before;
  private final byte[] between;
  private final byte[] after;
  private @Nullable Judged judged;
  private @Nullable Timed timed;

  private PreparedPage(
      FastPath maker,
      Page.Stored page,
      Fit fit,
      ResponseHead pattern,
      byte[] before,
      byte[] between,
      byte[] after) {
    this.maker = maker;
    this.page = page;
    this.fit = fit;
    this.pattern = pattern;
    this.initialAgeNanos = page.initialAge().toNanos();
    this.lifetimeNanos = page.freshness().lifetime().toNanos();
    this.before = before;
    this.between = between;
    this.after = after;
  }

  /// The page made ready, from its memo if it was before.
  ///
  /// @param maker whose it is: another may show other fields
  @SuppressWarnings("ReferenceEquality")
  static PreparedPage of(Page.Stored page, FastPath maker) {
    if (page.memo().kept() instanceof PreparedPage present && present.maker == maker) {
      return present;
    }
    PreparedPage made = made(page, maker);
    page.memo().keep(made);
    return made;
  }

  private static PreparedPage made(Page.Stored page, FastPath maker) {
    ResponseHead head = ServedHead.ofHit(page.head(), page.body().length, SOME_AGE, SOME_REST);
    ResponseHead pattern = head.withFields(maker.tagFields().shown(PLAIN, head.fields()));
    String text = new String(HeadWriter.bytesOf(pattern), ISO_8859_1);
    int atAge = text.indexOf(AGE_TEXT);
    int atRest = text.indexOf(REST_TEXT);
    Fit fit = fit(page);
    boolean isFit =
        fit != Fit.NONE
            && page.body().length <= FastPath.MAX_BODY_BYTES
            && atAge >= 0
            && atRest > atAge
            && text.indexOf(AGE_TEXT, atAge + 1) < 0
            && text.indexOf(REST_TEXT, atRest + 1) < 0;
    if (!isFit) {
      byte[] none = {};
      return new PreparedPage(maker, page, Fit.NONE, pattern, none, none, none);
    }
    return new PreparedPage(
        maker,
        page,
        fit,
        pattern,
        text.substring(0, atAge).getBytes(ISO_8859_1),
        text.substring(atAge + AGE_TEXT.length(), atRest).getBytes(ISO_8859_1),
        text.substring(atRest + REST_TEXT.length()).getBytes(ISO_8859_1));
  }

  /// What of the rules for reuse depends on the page alone ([io.forebay.http.caching.ReuseRules]).
  private static Fit fit(Page.Stored page) {
    boolean isOrdinary =
        page.head().status() >= 200
            && page.head().status() != 205 // the codec leaves its content out
            && page.head().status() != 206
            && MessageContent.isAllowed(page.head().status())
            && !page.freshness().noCache();
    if (!isOrdinary) {
      return Fit.NONE;
    }
    HttpFields fields = page.head().fields();
    if (!fields.contains("Vary")) {
      return page.variantKey().isEmpty() ? Fit.ANY : Fit.NONE;
    }
    return variesByEncoding(fields) && !page.variantKey().isEmpty() ? Fit.BY_ENCODING : Fit.NONE;
  }

  /// Whether `Vary` names `Accept-Encoding` and nothing else.
  static boolean variesByEncoding(HttpFields fields) {
    var names = FieldSyntax.listMembers(fields, "Vary");
    return names.size() == 1 && names.getFirst().equalsIgnoreCase("Accept-Encoding");
  }

  /// Whether a rule has it served in content codings. Racy, and right whoever wins.
  @SuppressWarnings("ReferenceEquality") // one rule for each route
  boolean isCoded(CodingRule rule) {
    Judged known = judged;
    if (known == null || known.rule() != rule) {
      known = new Judged(rule, rule.concerns(page.head()));
      judged = known;
    }
    return known.isCoded();
  }

  private record Judged(CodingRule rule, boolean isCoded) {}

  /// The head as it is for one second.
  private record Timed(long age, long rest, HeaderBlock head) {}

  /// The head in HTTP/2's form, from the last time if that was in the same second. Racy, and right
  /// whoever wins.
  HeaderBlock head(long ageNanos, Function<ResponseHead, HeaderBlock> form) {
    long age = ageNanos / NANOS;
    long rest = remainingNanos(ageNanos) / NANOS;
    Timed known = timed;
    if (known == null || known.age() != age || known.rest() != rest) {
      HttpFields.Builder fields = HttpFields.builder();
      for (FieldLine line : pattern.fields()) {
        fields.add(
            line.name(),
            line.value()
                .replace(AGE_TEXT, Long.toString(age))
                .replace(REST_TEXT, Long.toString(rest)));
      }
      known = new Timed(age, rest, form.apply(pattern.withFields(fields.build())));
      timed = known;
    }
    return known.head();
  }

  Fit fit() {
    return fit;
  }

  int status() {
    return page.head().status();
  }

  byte[] body() {
    return page.body();
  }

  /// Its age, as [io.forebay.http.caching.Age#current] has it, but for the upper bound, beyond
  /// which nothing is fresh.
  long ageNanos(long nanoTime) {
    return Math.max(0, initialAgeNanos + (nanoTime - page.receivedNanos()));
  }

  /// How much longer it is fresh; zero or less if it is not.
  long remainingNanos(long ageNanos) {
    return lifetimeNanos - ageNanos;
  }

  /// The most bytes that the head can take.
  int maxHeadBytes() {
    return before.length + between.length + after.length + 2 * Digits.MOST;
  }

  /// Writes the answer.
  ///
  /// @param scratch of at least [#maxHeadBytes]
  void write(ByteBuf out, byte[] scratch, long ageNanos, boolean withBody) {
    System.arraycopy(before, 0, scratch, 0, before.length);
    int at = Digits.write(ageNanos / NANOS, scratch, before.length);
    System.arraycopy(between, 0, scratch, at, between.length);
    at = Digits.write(remainingNanos(ageNanos) / NANOS, scratch, at + between.length);
    System.arraycopy(after, 0, scratch, at, after.length);
    out.writeBytes(scratch, 0, at + after.length);
    if (withBody) {
      out.writeBytes(page.body());
    }
  }
}
