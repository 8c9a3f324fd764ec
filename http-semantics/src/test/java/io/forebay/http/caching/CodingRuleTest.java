package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.Glob;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodingRuleTest {

  private static final CodingRule RULE =
      new CodingRule(
          List.of("zstd", "gzip"), List.of(Glob.of("text/*"), Glob.of("application/json")), 100);

  private static ResponseHead response(String... fields) {
    return new ResponseHead(200, HttpFields.of(fields));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "text/html; charset=utf-8 | x | x | true",
        "TEXT/CSS | x | x | true",
        "application/json | Content-Encoding | identity | true",
        "image/png | x | x | false",
        "text/html | Content-Encoding | gzip | false",
        "text/html | Content-Encoding | br | false",
        "text/html | Cache-Control | max-age=5, no-transform | false",
        "text/html | Content-Digest | sha-256=:x: | false",
        "text/html | Repr-Digest | sha-256=:x: | false",
        "text/html | Content-MD5 | x | false",
      })
  void onlyPlainContentOfTheTypesIsConcerned(
      String type, String name, String value, boolean concerned) {
    assertThat(RULE.concerns(response("Content-Type", type, name, value))).isEqualTo(concerned);
    assertThat(CodingRule.OFF.concerns(response("Content-Type", type, name, value))).isFalse();
  }

  @Test
  void onlyWholeResponsesAreConcerned() {
    HttpFields html = HttpFields.of("Content-Type", "text/html");
    for (int status : new int[] {201, 204, 206, 304, 404, 500}) {
      assertThat(RULE.concerns(new ResponseHead(status, html))).isFalse();
    }
    assertThat(RULE.concerns(response())).as("without a type").isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "x, x, 100, zstd",
    "x, x, 99, identity",
    "Range, bytes=0-1, 100, identity",
    "If-Range, \"a\", 100, identity",
    "If-Match, \"a\", 100, identity",
    "If-None-Match, \"a\", 100, zstd",
    "Cache-Control, no-transform, 100, identity"
  })
  void partsAndStrongConditionsAreOfTheContentAsItIs(
      String name, String value, long length, String coding) {
    RequestHead request =
        new RequestHead(
            "GET", "http", "a", "/", HttpFields.of("Accept-Encoding", "gzip, zstd", name, value));
    assertThat(RULE.codingFor(request, length).orElse("identity")).isEqualTo(coding);
  }

  @Test
  void theCodedHeadHasOtherBytesAndAWeakTag() {
    ResponseHead stored =
        response(
            "Content-Type", "text/html",
            "Content-Length", "1000",
            "ETag", "\"v1\"",
            "Accept-Ranges", "bytes",
            "Vary", "Accept-Language");
    assertThat(CodingRule.coded(stored, "gzip", 77).fields())
        .isEqualTo(
            HttpFields.of(
                "Content-Type", "text/html",
                "Content-Length", "77",
                "ETag", "W/\"v1\"",
                "Vary", "Accept-Language",
                "Content-Encoding", "gzip",
                "Vary", "Accept-Encoding"));
    ResponseHead weak = response("ETag", "W/\"v1\"", "Vary", "accept-encoding");
    assertThat(CodingRule.coded(weak, "gzip", 7).fields().all("ETag")).containsExactly("W/\"v1\"");
    assertThat(CodingRule.coded(weak, "gzip", 7).fields().all("Vary")).hasSize(1);
  }
}
