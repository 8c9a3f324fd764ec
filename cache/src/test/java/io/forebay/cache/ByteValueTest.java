package io.forebay.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class ByteValueTest {

  @Test
  void aCopyDoesNotSeeLaterChangesOfItsSource() {
    byte[] source = {1, 2, 3};
    ByteValue value = ByteValue.copyOf(source);
    source[0] = 9;
    assertThat(value.toByteArray()).containsExactly(1, 2, 3);
  }

  @Test
  void aBufferIsCopiedFromItsPositionWhichStays() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1).limit(3);
    assertThat(ByteValue.copyOf(buffer).toByteArray()).containsExactly(2, 3);
    assertThat(buffer.remaining()).isEqualTo(2);
  }

  @Test
  void rangesAreCheckedAgainstTheLength() {
    ByteValue value = ByteValue.wrap(new byte[] {1, 2, 3});
    byte[] target = new byte[4];
    value.copyTo(1, target, 2, 2);
    assertThat(target).containsExactly(0, 0, 2, 3);
    assertThatThrownBy(() -> value.copyTo(2, target, 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> value.copyTo(ByteBuffer.allocate(2)))
        .isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void theViewCannotChangeTheBytes() {
    ByteBuffer view = ByteValue.wrap(new byte[] {1}).asReadOnlyByteBuffer();
    assertThatThrownBy(() -> view.put((byte) 2)).isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void anEmptyValueIsAValue() {
    ByteValue value = ByteValue.wrap(new byte[0]);
    assertThat(value.length()).isZero();
    assertThat(value.asReadOnlyByteBuffer().hasRemaining()).isFalse();
  }

  @Test
  void useAfterTheLastReleaseIsFound() {
    ByteValue value = ByteValue.wrap(new byte[] {1, 2});
    assertThat(value.tryRetain()).isTrue();
    value.release();
    assertThat(value.toByteArray()).hasSize(2);
    value.release();

    assertThatThrownBy(value::toByteArray).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(value::asReadOnlyByteBuffer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(value::release).isInstanceOf(IllegalStateException.class);
    assertThat(value.tryRetain()).isFalse();
    assertThat(value.length()).isEqualTo(2);
  }
}
