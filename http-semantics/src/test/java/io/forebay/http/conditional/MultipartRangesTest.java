package io.forebay.http.conditional;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.conditional.ByteRanges.ByteRange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// RFC 9110 §14.6.
class MultipartRangesTest {

  private static final ByteRange FIRST = new ByteRange(0, 1);
  private static final ByteRange LAST = new ByteRange(8, 9);

  @Test
  void eachPartSaysItsTypeAndRange() {
    var frame = new MultipartRanges("THIS", Optional.of("text/plain"), 10);
    assertThat(frame.contentTypeValue()).isEqualTo("multipart/byteranges; boundary=THIS");
    String all = frame.before(FIRST) + "01" + frame.before(LAST) + "89" + frame.end();
    assertThat(all)
        .isEqualTo(
            "\r\n--THIS\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
                + "\r\n--THIS\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89"
                + "\r\n--THIS--\r\n");
    assertThat(frame.contentLength(List.of(FIRST, LAST))).isEqualTo(all.length());
  }

  @Test
  void aRepresentationWithoutTypeHasPartsWithout() {
    assertThat(new MultipartRanges("THIS", Optional.empty(), 10).before(FIRST))
        .isEqualTo("\r\n--THIS\r\nContent-Range: bytes 0-1/10\r\n\r\n");
  }
}
