package io.forebay.http.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.FieldLine;
import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticSuffixTest {

  private static final String DOCUMENTS =
      "application/vnd.oasis.opendocument.text application/msword application/epub+zip"
          + " application/rtf text/rtf";
  private static final String BINARIES =
      "application/zip application/gzip application/zstd application/x-tar"
          + " application/vnd.android.package-archive application/java-archive text/plain";
  private static final String MOVING = "audio/mpeg video/mp4 application/ogg";
  private static final String FONT =
      "font/woff2 application/font-woff application/x-font-ttf application/vnd.ms-fontobject"
          + " application/vnd.ms-opentype";

  /// By suffix: the types that servers send with such files.
  private static final Map<String, String> USUAL = new TreeMap<>();

  static {
    usual("css", "text/css");
    usual(
        "js mjs cjs",
        "text/javascript application/javascript application/x-javascript application/ecmascript");
    usual(
        "json map webmanifest geojson",
        "application/json application/manifest+json application/geo+json text/plain");
    usual("xml rss atom", "application/xml text/xml application/rss+xml application/atom+xml");
    usual("txt md csv", "text/plain text/markdown text/csv");
    usual(
        "jpg jpeg jpe png apng gif webp avif jxl heic ico bmp svg svgz tif tiff cur",
        "image/jpeg image/svg+xml image/vnd.microsoft.icon video/mp4");
    usual("woff woff2 ttf otf eot", FONT);
    usual(
        "mp3 m4a aac oga ogg opus wav flac mid midi mp4 m4v ogv webm mov avi mkv mpg mpeg ts m4s",
        MOVING);
    usual("m3u8 mpd", "application/vnd.apple.mpegurl audio/mpegurl application/dash+xml");
    usual("pdf", "application/pdf");
    usual("doc docx xls xlsx ppt pptx odt ods odp rtf epub", DOCUMENTS);
    usual("wasm", "application/wasm");
    usual("zip gz tgz tar bz2 xz zst 7z rar jar war apk dmg iso exe msi deb rpm bin pkg", BINARIES);
    usual("swf class", "application/x-shockwave-flash application/java-vm");
  }

  private static void usual(String suffixes, String types) {
    for (String suffix : suffixes.split(" ", -1)) {
      assertThat(USUAL.put(suffix, types)).isNull();
    }
  }

  private static boolean contradicts(String suffix, String... contentTypes) {
    HttpFields fields =
        HttpFields.of(
            List.of(contentTypes).stream()
                .map(type -> new FieldLine("Content-Type", type))
                .toList());
    return StaticSuffix.contradicts("/account/x." + suffix, new ResponseHead(200, fields));
  }

  @Test
  void everySuffixIsInThisTable() {
    assertThat(StaticSuffix.all()).containsExactlyInAnyOrderElementsOf(USUAL.keySet());
  }

  @Test
  void theTypesThatServersSendFit() {
    USUAL.forEach((suffix, types) -> {
      for (String type : (types + " application/octet-stream").split(" ", -1)) {
        assertThat(contradicts(suffix, type)).as("%s as %s", suffix, type).isFalse();
        assertThat(contradicts(suffix, type.toUpperCase(Locale.ROOT) + " ; charset=utf-8"))
            .as("%s as %s in capitals", suffix, type)
            .isFalse();
      }
    });
  }

  /// What an application answers with, which ignores the end of the path.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "TEXT/HTML; charset=utf-8",
        "application/xhtml+xml",
        "application/vnd.wap.xhtml+xml",
        "text/x-server-parsed-html",
        // Two values, of which software takes one or the other.
        "text/plain, text/html",
        "application/octet-stream, text/html",
        "multipart/form-data",
        "",
      })
  void aWebPageFitsNone(String type) {
    for (String suffix : USUAL.keySet()) {
      assertThat(contradicts(suffix, type)).as(suffix).isTrue();
    }
  }

  @Test
  void neitherDoesAMissingTypeNorOneOfTwo() {
    for (String suffix : USUAL.keySet()) {
      assertThat(contradicts(suffix)).as(suffix).isTrue();
      assertThat(contradicts(suffix, "application/octet-stream", "text/html")).as(suffix).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"html", "htm", "php", "2", "example"})
  void otherSuffixesPromiseNothing(String suffix) {
    assertThat(contradicts(suffix, "text/html")).isFalse();
    assertThat(contradicts(suffix)).isFalse();
  }
}
