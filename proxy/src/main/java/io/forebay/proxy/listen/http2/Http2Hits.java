package io.forebay.proxy.listen.http2;

import io.forebay.proxy.fast.Answers;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.fast.FreshHits;
import io.forebay.proxy.scan.RequestScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.function.Supplier;

/// Finds fresh hits for HTTP/2 requests without content, on the event loop, and has their frames
/// ready for [SessionHits] to write.
///
/// A request is brought into HTTP/1.1's form, so that what is plain, and what answers it, is
/// decided by the very code that decides it there ([RequestScan], [FreshHits]). What can't be
/// brought into that form without doubt is the general path's.
///
/// Of one event loop and one scheme.
public final class Http2Hits {

  private static final AsciiString VERSION_AND_HOST = AsciiString.cached(" HTTP/1.1\r\nhost: ");
  private static final int PSEUDO_FIELDS = 4;
  private static final int MOST_BYTES = 16 * 1024;

  // RFC 9113 §4.1 and §6
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  /// What the answers of the loop's connections are appended to.
  final Answers answers = new Answers();

  private final FastPath path;
  private final String scheme;
  private final FreshHits hits;
  private final RequestScan scan;
  private final HeadCoder heads = new HeadCoder();
  private final byte[] in;
  private int length;

  /// @param scheme of the connections
  public Http2Hits(FastPath path, String scheme, int maxHeaderBytes) {
    this.path = path;
    this.scheme = scheme;
    this.hits = new FreshHits(path, scheme, "2");
    this.in = new byte[Math.min(MOST_BYTES, maxHeaderBytes)];
    this.scan = new RequestScan(in.length);
  }

  long nanoTime() {
    return path.time().nanoTime();
  }

  /// Finds the page that answers a request, if that is certain.
  ///
  /// @param peer the client's address, for records
  /// @param room whether the answer can be sent
  /// @param nanoTime now
  boolean find(
      Http2Headers request,
      int maxFields,
      Supplier<String> peer,
      FreshHits.Room room,
      long nanoTime) {
    return isInForm(request, maxFields)
        && scan.scan(in, 0, length) == RequestScan.Verdict.PLAIN
        && scan.end() == length
        && hits.find(scan, peer, room, nanoTime);
  }

  /// How many bytes follow the head of the page that was found.
  int bodyBytes() {
    return hits.body().length;
  }

  /// Appends the answer with the page that was found, to be written.
  ///
  /// @param first what has to stand first in the header block; may be empty
  /// @param mostFrameBytes the longest payload that the client takes
  void append(
      ByteBufAllocator allocator, int streamId, ByteBuf first, int mostFrameBytes, long nanoTime) {
    byte[] head = hits.head(heads::coded).bytes();
    byte[] body = hits.body();
    ByteBuf out = answers.out(allocator);
    int bodyFrames = Math.ceilDiv(body.length, mostFrameBytes);
    // Now or never: half an answer would be read as something else.
    out.ensureWritable(
        (1 + bodyFrames) * FRAME_HEADER_BYTES + first.readableBytes() + head.length + body.length);
    int flags = body.length == 0 ? END_HEADERS | END_STREAM : END_HEADERS;
    frame(out, first.readableBytes() + head.length, Http2FrameTypes.HEADERS, flags, streamId);
    out.writeBytes(first).writeBytes(head);
    for (int from = 0; from < body.length; from += mostFrameBytes) {
      int bytes = Math.min(mostFrameBytes, body.length - from);
      boolean isLast = from + bytes == body.length;
      frame(out, bytes, Http2FrameTypes.DATA, isLast ? END_STREAM : 0, streamId);
      out.writeBytes(body, from, bytes);
    }
    answers.note(hits.meter(), body.length, nanoTime);
  }

  /// RFC 9113 §4.1.
  private static void frame(ByteBuf out, int bytes, byte type, int flags, int streamId) {
    out.writeMedium(bytes).writeByte(type).writeByte(flags).writeInt(streamId);
  }

  /// Writes the request as HTTP/1.1 would have it.
  private boolean isInForm(Http2Headers request, int maxFields) {
    CharSequence method = request.method();
    CharSequence target = request.path();
    CharSequence authority = request.authority();
    CharSequence stated = request.scheme();
    boolean isWhole =
        method != null
            && target != null
            && authority != null
            && stated != null
            && AsciiString.contentEquals(stated, scheme)
            && request.size() <= maxFields + PSEUDO_FIELDS;
    length = 0;
    return isWhole
        && addWord(method)
        && add(" ")
        && addWord(target)
        && add(VERSION_AND_HOST)
        && addValue(authority)
        && add("\r\n")
        && addFields(request)
        && add("\r\n");
  }

  private boolean addFields(Http2Headers request) {
    int pseudoFields = 0;
    for (Map.Entry<CharSequence, CharSequence> line : request) {
      CharSequence name = line.getKey();
      if (!name.isEmpty() && name.charAt(0) == ':') {
        pseudoFields++;
        continue;
      }
      // Two hosts may differ, and a colon would end the name too early.
      boolean isAdded =
          !AsciiString.contentEquals(name, "host")
              && AsciiString.indexOf(name, ':', 0) < 0
              && addWord(name)
              && add(": ")
              && addValue(line.getValue())
              && add("\r\n");
      if (!isAdded) {
        return false;
      }
    }
    // The four that were read, each once.
    return pseudoFields == PSEUDO_FIELDS;
  }

  /// Without anything in it that would end it too early.
  private boolean addWord(CharSequence text) {
    int from = length;
    return add(text) && isAllAbove(' ', from);
  }

  /// A value; not one that would become another by what HTTP/1.1 leaves out, or several lines.
  private boolean addValue(CharSequence value) {
    int last = value.length() - 1;
    boolean isTrimmed = last < 0 || (value.charAt(0) > ' ' && value.charAt(last) > ' ');
    int from = length;
    // The scan is the one to judge the other control characters.
    return isTrimmed && add(value) && isAllAbove('\r', from);
  }

  private boolean isAllAbove(char bound, int from) {
    for (int i = from; i < length; i++) {
      boolean isTab = in[i] == '\t' && bound < ' ';
      if ((in[i] & 0xff) <= bound && !isTab) {
        return false;
      }
    }
    return true;
  }

  private boolean add(CharSequence text) {
    int more = text.length();
    if (more > in.length - length) {
      return false;
    }
    if (text instanceof AsciiString ascii) {
      ascii.copy(0, in, length, more);
    } else {
      for (int i = 0; i < more; i++) {
        char c = text.charAt(i);
        if (c > 0xff) {
          return false;
        }
        in[length + i] = (byte) c;
      }
    }
    length += more;
    return true;
  }
}
