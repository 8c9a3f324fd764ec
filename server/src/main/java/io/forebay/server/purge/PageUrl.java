package io.forebay.server.purge;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.http.TargetUri;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// URLs of pages as people write them, in the form in which pages are stored.
public final class PageUrl {

  /// What a URL should look like.
  public static final String FORM = "a URL that begins with http:// or https://";

  /// In characters.
  public static final int MAX_LENGTH = 8192;

  private static final Pattern PARTS =
      Pattern.compile("(?i)(https?)://([^/?#\\s]+)([/?][^#\\s]*)?(#\\S*)?");

  private PageUrl() {}

  /// Without its fragment, host in lower case, without the scheme's own port, and with what is not
  /// ASCII percent-encoded, as a browser sends it; path and query else as they are. Empty if no
  /// request could be for it.
  public static Optional<String> normal(String text) {
    Matcher parts = PARTS.matcher(text);
    if (text.length() > MAX_LENGTH || !parts.matches()) {
      return Optional.empty();
    }
    String rest = parts.group(3) == null ? "/" : encoded(parts.group(3));
    String target = rest.startsWith("/") ? rest : "/" + rest;
    TargetUri uri = TargetUri.of(parts.group(1), parts.group(2), target);
    RequestHead request =
        new RequestHead(
            "GET", uri.scheme(), uri.authority(), target, HttpFields.of("Host", uri.authority()));
    return RequestSyntax.fault(request, "1.1").isPresent()
        ? Optional.empty()
        : Optional.of(uri.toString());
  }

  private static String encoded(String target) {
    if (target.chars().allMatch(c -> c < 0x80)) {
      return target;
    }
    var ascii = new StringBuilder();
    for (byte octet : target.getBytes(StandardCharsets.UTF_8)) {
      ascii.append(octet >= 0 ? String.valueOf((char) octet) : "%%%02X".formatted(octet & 0xff));
    }
    return ascii.toString();
  }
}
