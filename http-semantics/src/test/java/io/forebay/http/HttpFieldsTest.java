package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// RFC 9110 §5.1 to §5.3.
class HttpFieldsTest {

  private final HttpFields fields = HttpFields.of("A", "1", "b", "2", "a", "3");

  @Test
  void namesAreComparedWithoutCase() {
    assertThat(fields.first("a")).contains("1");
    assertThat(fields.all("A")).containsExactly("1", "3");
    assertThat(fields.contains("B")).isTrue();
    assertThat(fields.contains("c")).isFalse();
  }

  @Test
  void linesOfOneNameCombineInOrder() {
    assertThat(fields.combined("a")).contains("1, 3");
    assertThat(fields.combined("b")).contains("2");
    assertThat(fields.combined("c")).isEmpty();
  }

  @Test
  void replacingKeepsTheFirstPlace() {
    assertThat(fields.withReplaced("A", "9")).isEqualTo(HttpFields.of("A", "9", "b", "2"));
    assertThat(fields.withReplaced("c", "9").lines())
        .hasSize(4)
        .last()
        .isEqualTo(new FieldLine("c", "9"));
  }

  @Test
  void changesMakeNewFieldsAndLeaveTheOldOnesAlone() {
    assertThat(fields.without("a")).isEqualTo(HttpFields.of("b", "2"));
    assertThat(fields.without(List.of("A", "B"))).isEqualTo(HttpFields.none());
    assertThat(fields.with("c", "4").size()).isEqualTo(4);
    assertThat(fields.toBuilder().remove("b").build().size()).isEqualTo(2);
    assertThat(fields.size()).isEqualTo(3);
  }

  @Test
  void valuesPassByteExact() {
    String bytes = "caf\u00e9 \u0080\u00ff";
    assertThat(HttpFields.of("a", bytes).first("a")).contains(bytes);
  }

  @Test
  void aNameWithoutAValueIsRefused() {
    assertThatThrownBy(() -> HttpFields.of("a", "1", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a name without a value");
  }
}
