package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.ResponseHead;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Whether a response is of a type that its path's suffix promises. An application that answers
/// `/account/profile.css` with the account's page would otherwise have it stored by whoever decides
/// by suffixes, its own web server included (web cache deception).
final class StaticSuffix {

  /// Types that say nothing, but make a browser keep it as a file.
  private static final String BINARY = "application/octet-stream";

  /// In `text/html`, `application/xhtml+xml` and their like, which no suffix here promises, though
  /// some of the forms below would take them.
  private static final String WEB_PAGE = "html";

  /// By suffix: what the type has to begin with, or, after a star, to end with.
  private static final Map<String, List<String>> TYPES = new HashMap<>();

  static {
    allow("css", "text/css");
    allow("js mjs cjs", "*javascript", "*ecmascript");
    allow("json map webmanifest geojson", "*json", "text/plain");
    allow("xml rss atom", "*xml");
    allow("txt md csv", "text/");
    allow(
        "jpg jpeg jpe png apng gif webp avif jxl heic ico bmp svg svgz tif tiff cur",
        "image/",
        "video/");
    allow("woff woff2 ttf otf eot", "font/", "application/font", "application/x-font", "*opentype");
    allow("woff woff2 ttf otf eot", "*fontobject");
    allow(
        "mp3 m4a aac oga ogg opus wav flac mid midi mp4 m4v ogv webm mov avi mkv mpg mpeg ts m4s",
        "audio/",
        "video/",
        "application/ogg");
    allow("m3u8 mpd", "*mpegurl", "*dash+xml");
    allow("pdf", "application/pdf");
    allow(
        "doc docx xls xlsx ppt pptx odt ods odp rtf epub",
        "application/vnd.",
        "application/ms",
        "application/epub",
        "*rtf");
    allow("wasm", "application/wasm");
    allow(
        "zip gz tgz tar bz2 xz zst 7z rar jar war apk dmg iso exe msi deb rpm bin pkg",
        "application/zip",
        "application/gzip",
        "application/zstd",
        "application/x-",
        "application/vnd.",
        "application/java",
        // What nginx says of files whose suffix it does not know.
        "text/plain");
    allow("swf class", "application/x-", "application/java");
  }

  private StaticSuffix() {}

  private static void allow(String suffixes, String... types) {
    for (String suffix : suffixes.split(" ", -1)) {
      TYPES.merge(
          suffix,
          List.of(types),
          (one, other) -> Stream.concat(one.stream(), other.stream()).toList());
    }
  }

  /// The suffixes that promise a type.
  static Set<String> all() {
    return Set.copyOf(TYPES.keySet());
  }

  /// Whether the response must not be stored: it is a successful one, its path ends like a static
  /// file's, and its type is missing or another; a web page is always another.
  ///
  /// @param target path and query
  static boolean contradicts(String target, ResponseHead response) {
    if (response.status() / 100 != 2) {
      return false;
    }
    List<String> allowed = TYPES.get(suffix(target));
    if (allowed == null) {
      return false;
    }
    // Of several, which is an error, software takes one or the other.
    List<String> members = FieldSyntax.listMembers(response.fields(), "Content-Type");
    return members.isEmpty() || !members.stream().allMatch(member -> fits(member, allowed));
  }

  private static boolean fits(String member, List<String> allowed) {
    String type = FieldSyntax.lowerCase(FieldSyntax.trimmed(member.split(";", 2)[0]));
    return !type.contains(WEB_PAGE)
        && (type.equals(BINARY) || allowed.stream().anyMatch(form -> matches(type, form)));
  }

  private static boolean matches(String type, String form) {
    return form.startsWith("*") ? type.endsWith(form.substring(1)) : type.startsWith(form);
  }

  /// What follows the path's last dot, in lower case; empty when there is none in its last segment.
  static String suffix(String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    int dot = target.lastIndexOf('.', end - 1);
    return dot < 0 || target.lastIndexOf('/', end - 1) > dot
        ? ""
        : FieldSyntax.lowerCase(target.substring(dot + 1, end));
  }
}
