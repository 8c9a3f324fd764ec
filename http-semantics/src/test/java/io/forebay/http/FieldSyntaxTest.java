package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §5.6.
class FieldSyntaxTest {

  @Test
  void emptyListMembersAreSkipped() {
    assertThat(FieldSyntax.listMembers(", a ,, b\t,")).containsExactly("a", "b");
    assertThat(FieldSyntax.listMembers("")).isEmpty();
  }

  @Test
  void aCommaInAQuotedStringDoesNotSeparate() {
    assertThat(FieldSyntax.listMembers("a=\"x, \\\" y\", b"))
        .containsExactly("a=\"x, \\\" y\"", "b");
  }

  @Test
  void aQuoteThatNeverEndsHidesNothing() {
    assertThat(FieldSyntax.listMembers("a=\"x, no-store")).containsExactly("a=\"x", "no-store");
    assertThat(FieldSyntax.listMembers(HttpFields.of("a", "x=\"1", "a", "no-store\""), "a"))
        .containsExactly("x=\"1", "no-store\"");
  }

  @Test
  void quotedStringsLoseQuotesAndEscapes() {
    assertThat(FieldSyntax.unquoted("\"a\\\"b\\\\\"")).contains("a\"b\\");
    assertThat(FieldSyntax.unquoted("\"\"")).contains("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"", "a", "\"a", "\"a\"b", "\"a\\\"", "'a'"})
  void whatIsNotOneQuotedStringIsNone(String text) {
    assertThat(FieldSyntax.unquoted(text)).isEmpty();
  }

  @Test
  void tokensHaveNoSeparators() {
    assertThat(FieldSyntax.isToken("max-age")).isTrue();
    assertThat(FieldSyntax.isToken("a b")).isFalse();
    assertThat(FieldSyntax.isToken("a=b")).isFalse();
    assertThat(FieldSyntax.isToken("\u00e9")).isFalse();
    assertThat(FieldSyntax.isToken("")).isFalse();
  }
}
