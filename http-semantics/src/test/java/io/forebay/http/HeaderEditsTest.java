package io.forebay.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderEditsTest {

  @Test
  void itRemovesThenSetsThenAdds() {
    HeaderEdits edits =
        new HeaderEdits(
            List.of(Glob.ignoringCase("X-Powered-*"), Glob.ignoringCase("Server")),
            List.of(new FieldLine("Cache-Control", "max-age=0")),
            List.of(new FieldLine("Link", "</a>"), new FieldLine("Server", "mine")));
    HttpFields fields =
        HttpFields.of(
            "server",
            "x",
            "cache-control",
            "a",
            "Link",
            "</b>",
            "cache-control",
            "b",
            "x-powered-by",
            "y");
    assertThat(edits.applied(fields))
        .isEqualTo(
            HttpFields.of(
                "Cache-Control", "max-age=0", "Link", "</b>", "Link", "</a>", "Server", "mine"));
    assertThat(HeaderEdits.NONE.applied(fields)).isSameAs(fields);
  }

  @ParameterizedTest
  @CsvSource({
    "abc, abc, true", "abc, abd, false", "utm_*, utm_, true", "utm_*, utm, false", "*, '', true",
    "a*c, abc, true", "a*c, ac, true", "a*c, acb, false", "*b*, abc, true", "a*b*c, aXbYbZc, true"
  })
  void aStarStandsForAnything(String glob, String text, boolean matches) {
    assertThat(Glob.of(glob).matches(text)).isEqualTo(matches);
    assertThat(Glob.of(glob).matches(text.toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(glob.equals("*"));
    assertThat(Glob.ignoringCase(glob).matches(text.toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(matches);
  }
}
