package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagTemplateTest {

  private static final RequestHead REQUEST =
      new RequestHead("GET", "http", "Shop.Example", "/de/shoes/77?x=/a", HttpFields.none());
  private static final ResponseHead RESPONSE =
      new ResponseHead(200, HttpFields.of("X-Product", "77", "Cache-Tag", "own, shop"));

  @ParameterizedTest
  @CsvSource({
    "shop, shop",
    "section:{path.2}, section:shoes",
    "{path.1}-{path.3}, de-77",
    "{host}, shop.example",
    "product:{header.x-product}, product:77",
    "product:{header.X-None}, ''",
    "{path.4}, ''"
  })
  void placesStandForPartsOfThePathAndFieldsOfTheResponse(String template, String tag) {
    assertThat(TagTemplate.parse(template).orElseThrow().of(REQUEST, RESPONSE).orElse(""))
        .isEqualTo(tag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a,b", "{path}", "{path.0}", "{header.}", "{", "a}", "{x.1}"})
  void whatIsNoTemplateIsRefused(String text) {
    assertThat(TagTemplate.parse(text)).isEmpty();
  }

  @Test
  void theyComeBesideTheTagsOfTheResponseEachOnce() {
    List<TagTemplate> templates =
        List.of(
            TagTemplate.parse("shop").orElseThrow(),
            TagTemplate.parse("section:{path.2}").orElseThrow());
    assertThat(CacheTags.of(CacheKey.of(REQUEST), REQUEST, RESPONSE, templates).tags())
        .containsExactly("own", "shop", "section:shoes");
  }
}
