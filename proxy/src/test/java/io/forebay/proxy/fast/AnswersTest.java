package io.forebay.proxy.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswersTest {

  private static final int SMALL = 200;
  private static final int LARGE = 150_000;

  private final Answers answers = new Answers();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final List<ByteBuf> held = new ArrayList<>();

  @AfterEach
  void release() {
    held.forEach(ByteBuf::release);
  }

  /// Appends so many bytes and takes them, as a socket that does not write them.
  private ByteBuf take(int bytes, boolean isMore) {
    answers.out(allocator).writeBytes(new byte[bytes]);
    ByteBuf taken = answers.takeOut(allocator, isMore);
    held.add(taken);
    assertThat(taken.readableBytes()).isEqualTo(bytes);
    assertThat(answers.hasUnwritten()).isFalse();
    return taken;
  }

  @Test
  void furtherAnswersHoldWhatTheyNeed() {
    take(SMALL, false);
    long before = allocator.metric().usedDirectMemory();
    for (int i = 0; i < 100; i++) {
      take(SMALL, true);
    }
    long grown = allocator.metric().usedDirectMemory() - before;
    assertThat(grown).isLessThan(100 * SMALL + 32 * 1024);
  }

  @Test
  void aSmallAnswerHoldsNoBufferThatGrewForLargeOnes() {
    take(LARGE, false).release();
    held.clear();
    assertThat(take(SMALL, false).capacity()).isEqualTo(SMALL);
    assertThat(take(LARGE, false).capacity()).isLessThan(4 * LARGE);
    assertThat(take(SMALL, false).capacity()).isLessThan(64 * 1024);
  }

  @Test
  void whatIsTakenStaysAsItIs() {
    answers.out(allocator).writeByte(1);
    ByteBuf first = answers.takeOut(allocator, false);
    answers.out(allocator).writeByte(2);
    ByteBuf second = answers.takeOut(allocator, true);
    answers.out(allocator).writeByte(3);
    held.addAll(List.of(first, second));
    assertThat(first.readByte()).isEqualTo((byte) 1);
    assertThat(second.readByte()).isEqualTo((byte) 2);
  }
}
