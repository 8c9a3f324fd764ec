package io.forebay.server.purge;

import io.forebay.cache.Invalidation.Mode;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import io.forebay.server.api.Json;
import io.forebay.server.api.RequestRefused;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads orders to purge. Pure; never throws for what a client sent.
public final class PurgeReader {

  private PurgeReader() {}

  /// How an order is read.
  private interface Steps {
    List<PurgeOrder> read() throws Misunderstood;
  }

  private static PurgeReading reading(Steps steps) {
    try {
      return new PurgeReading.Understood(steps.read());
    } catch (Misunderstood e) {
      return e.refusal();
    } catch (RequestRefused e) { // from reading JSON
      return new PurgeReading.Refused(
          e.problem().field().orElse("body"),
          e.problem().expected().orElse("JSON"),
          e.problem().detail());
    }
  }

  /// Fastly's `{"surrogate_keys": ["a", "b"]}`.
  record FastlyBody(@Nullable List<String> surrogateKeys) {}

  /// `POST /service/{id}/purge`: keys in the body or in `Surrogate-Key`, one of them.
  ///
  /// @param body may be empty
  public static PurgeReading fastlyKeys(HttpFields fields, byte[] body) {
    return reading(() -> {
      Optional<String> field = fields.combined("Surrogate-Key");
      if (field.isPresent() && body.length > 0) {
        throw new Misunderstood(
            "body", "keys in the body or in Surrogate-Key", "Keys are named in both.");
      }
      if (field.isPresent()) {
        return tags(Names.split("Surrogate-Key", field.get(), "[ \t,]+"), fastlyMode(fields));
      }
      List<String> keys = Json.read(body, FastlyBody.class).surrogateKeys();
      if (keys == null) {
        throw new Misunderstood("surrogate_keys", "an array of keys", "It is missing.");
      }
      return tags(
          Names.tags("surrogate_keys", present("surrogate_keys", keys)), fastlyMode(fields));
    });
  }

  /// `POST /service/{id}/purge/{key}`.
  public static PurgeReading fastlyKey(HttpFields fields, String key) {
    return reading(() -> tags(Names.tags("key", List.of(key)), fastlyMode(fields)));
  }

  /// `POST /service/{id}/purge_all`: never soft at Fastly either.
  public static PurgeReading fastlyAll(HttpFields fields) {
    return reading(() -> {
      if (fastlyMode(fields) == Mode.SOFT) {
        throw new Misunderstood(
            "Fastly-Soft-Purge", "no soft purge of everything", "This order is hard.");
      }
      return List.of(new PurgeOrder(new PurgeScope.Everything(), Mode.HARD));
    });
  }

  /// `POST /purge/{url}`.
  ///
  /// @param url as it came, without its scheme (which may be there all the same)
  public static PurgeReading fastlyUrl(HttpFields fields, String url) {
    return reading(() -> {
      String whole = url.matches("(?i)https?://.*") ? url : "https://" + url;
      return List.of(
          new PurgeOrder(new PurgeScope.Urls(Set.of(url("url", whole))), fastlyMode(fields)));
    });
  }

  private static Mode fastlyMode(HttpFields fields) throws Misunderstood {
    return switch (fields.combined("Fastly-Soft-Purge").orElse("0")) {
      case "1" -> Mode.SOFT;
      case "0" -> Mode.HARD;
      default -> throw new Misunderstood("Fastly-Soft-Purge", "1 or 0", "It is something else.");
    };
  }

  /// Cloudflare's members; `files` holds URLs, or objects with `url` (their `headers` choose a
  /// variant there; here all variants are purged).
  record CloudflareBody(
      @Nullable List<String> tags,
      @Nullable List<String> hosts,
      @Nullable List<String> prefixes,
      @Nullable List<JsonNode> files,
      @Nullable Boolean purgeEverything) {}

  /// `POST /zones/{id}/purge_cache`.
  public static PurgeReading cloudflare(byte[] body) {
    return reading(() -> {
      CloudflareBody asked = Json.read(body, CloudflareBody.class);
      List<PurgeScope> scopes = new ArrayList<>();
      if (asked.tags() != null) {
        scopes.add(new PurgeScope.Tags(Names.tags("tags", present("tags", asked.tags()))));
      }
      if (asked.hosts() != null) {
        scopes.add(new PurgeScope.Hosts(hosts(present("hosts", asked.hosts()))));
      }
      if (asked.prefixes() != null) {
        scopes.add(new PurgeScope.UrlPrefixes(prefixes(present("prefixes", asked.prefixes()))));
      }
      if (asked.files() != null) {
        scopes.add(new PurgeScope.Urls(files(asked.files())));
      }
      boolean everything = Boolean.TRUE.equals(asked.purgeEverything());
      if (everything == !scopes.isEmpty()) {
        throw new Misunderstood(
            everything ? "purge_everything" : "body",
            "purge_everything: true alone, or some of tags, hosts, prefixes, files",
            everything ? "It stands together with others." : "It names nothing.");
      }
      if (everything) {
        scopes.add(new PurgeScope.Everything());
      }
      return scopes.stream().map(scope -> new PurgeOrder(scope, Mode.HARD)).toList();
    });
  }

  private static List<String> present(String field, List<String> texts) throws Misunderstood {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i) == null) {
        throw new Misunderstood(field + "[" + i + "]", "text", "It is null.");
      }
    }
    return texts;
  }

  private static Set<String> hosts(List<String> hosts) throws Misunderstood {
    List<String> names = new ArrayList<>();
    for (String host : hosts) {
      if (!host.matches("[A-Za-z0-9.\\-\\[\\]:_]{1,255}")) {
        throw new Misunderstood(
            "hosts[" + names.size() + "]", "a host name", "It is something else.");
      }
      names.add(host.toLowerCase(Locale.ROOT));
    }
    return Names.counted("hosts", names);
  }

  private static Set<String> prefixes(List<String> prefixes) throws Misunderstood {
    List<String> names = new ArrayList<>();
    for (String prefix : prefixes) {
      String where = "prefixes[" + names.size() + "]";
      int slash = prefix.indexOf('/');
      String host = slash < 0 ? prefix : prefix.substring(0, slash);
      if (prefix.contains("://") || !host.matches("[A-Za-z0-9.\\-\\[\\]:_]{1,255}")) {
        throw new Misunderstood(
            where, "a host and path without scheme: www.example.com/blog", "It is no prefix.");
      }
      if (prefix.contains("?") || prefix.contains("#")) {
        throw new Misunderstood(where, "no query or fragment", "It has one.");
      }
      names.add(host.toLowerCase(Locale.ROOT) + (slash < 0 ? "/" : prefix.substring(slash)));
    }
    return Names.counted("prefixes", names);
  }

  private static Set<String> files(List<JsonNode> files) throws Misunderstood {
    List<String> urls = new ArrayList<>();
    for (JsonNode file : files) {
      String where = "files[" + urls.size() + "]";
      JsonNode url = file.isObject() ? file.path("url") : file;
      if (!url.isString()) {
        throw new Misunderstood(where, "a URL, or an object with one in url", "It is neither.");
      }
      urls.add(url(where, url.asString()));
    }
    return Names.counted("files", urls);
  }

  /// In the form in which pages are stored.
  private static String url(String field, String text) throws Misunderstood {
    Optional<String> url = PageUrl.normal(text);
    if (url.isEmpty()) {
      throw new Misunderstood(field, PageUrl.FORM, "No page can have this URL.");
    }
    return url.get();
  }

  /// A request with the method `PURGE`: tags by its fields; with `X-Purge-Method: regex` (as
  /// WordPress' plugins send it) what its target matches as an expression; else its own URL.
  public static PurgeReading purgeMethod(RequestHead request) {
    return reading(() -> {
      HttpFields fields = request.fields();
      Mode mode = fastlyMode(fields);
      List<PurgeOrder> orders = new ArrayList<>();
      addTags(orders, fields, "xkey", "[ \t,]+", mode);
      addTags(orders, fields, "xkey-purge", "[ \t,]+", mode);
      addTags(orders, fields, "xkey-softpurge", "[ \t,]+", Mode.SOFT);
      addTags(orders, fields, "Surrogate-Key", "[ \t]+", mode);
      addTags(orders, fields, "Cache-Tag", ",", mode);
      addTags(orders, fields, "Cache-Tags", "[ \t,]+", mode);
      addTags(orders, fields, "Edge-Cache-Tag", ",", mode);
      addTags(orders, fields, "X-Cache-Tags", ",", mode);
      Optional<String> magento = fields.combined("X-Magento-Tags-Pattern");
      if (magento.isPresent()) {
        orders.add(new PurgeOrder(magento(magento.get().strip()), mode));
      }
      return orders.isEmpty() ? List.of(new PurgeOrder(targetOf(request), mode)) : orders;
    });
  }

  private static PurgeScope targetOf(RequestHead request) throws Misunderstood {
    TargetUri uri = TargetUri.of(request);
    return switch (request.fields().combined("X-Purge-Method").orElse("exact")) {
      case "exact", "default" -> new PurgeScope.Urls(Set.of(uri.toString()));
      case "regex" -> BanExpression.ofTarget(uri.authority(), request.target());
      default ->
          throw new Misunderstood("X-Purge-Method", "exact or regex", "It is something else.");
    };
  }

  /// Magento's `.*` is its order to flush everything.
  private static PurgeScope magento(String pattern) throws Misunderstood {
    return pattern.equals(".*")
        ? new PurgeScope.Everything()
        : new PurgeScope.Tags(ExactTagPattern.read("X-Magento-Tags-Pattern", pattern));
  }

  private static void addTags(
      List<PurgeOrder> orders, HttpFields fields, String name, String separators, Mode mode)
      throws Misunderstood {
    Optional<String> value = fields.combined(name);
    if (value.isPresent()) {
      orders.addAll(tags(Names.split(name, value.get(), separators), mode));
    }
  }

  private static List<PurgeOrder> tags(Set<String> tags, Mode mode) {
    return List.of(new PurgeOrder(new PurgeScope.Tags(tags), mode));
  }

  private static final List<String> BAN_TAG_FIELDS =
      List.of("X-Cache-Tags", "Cache-Tags", "xkey", "X-Magento-Tags-Pattern");

  /// A request with the method `BAN`: `X-Ban` holds an expression; or a field of tags holds tags,
  /// or a pattern of exact ones; or `X-Host` and `X-Url` hold expressions; else the target is an
  /// expression over the URLs of its host.
  public static PurgeReading banMethod(RequestHead request) {
    return reading(() -> List.of(new PurgeOrder(banScope(request), fastlyMode(request.fields()))));
  }

  /// An expression of Varnish's `ban`.
  public static PurgeReading banExpression(String expression) {
    return reading(
        () -> List.of(new PurgeOrder(BanExpression.read("expression", expression), Mode.HARD)));
  }

  private static PurgeScope banScope(RequestHead request) throws Misunderstood {
    HttpFields fields = request.fields();
    Optional<String> expression = fields.combined("X-Ban");
    if (expression.isPresent()) {
      return BanExpression.read("X-Ban", expression.get());
    }
    if (!fields.combined("X-Content-Type").map(BanExpression::isAnything).orElse(true)) {
      throw new Misunderstood(
          "X-Content-Type", "no restriction", "Bans by content type are not known.");
    }
    for (String name : BAN_TAG_FIELDS) {
      Optional<String> value =
          fields.combined(name).filter(text -> !BanExpression.isAnything(text));
      if (value.isPresent()) {
        String text = value.get().strip();
        return new PurgeScope.Tags(
            text.startsWith("(")
                ? ExactTagPattern.read(name, text)
                : Names.split(name, text, "[ \t,|]+"));
      }
    }
    Optional<String> host = fields.combined("X-Host");
    Optional<String> url = fields.combined("X-Url");
    if (host.isPresent() || url.isPresent()) {
      return BanExpression.ofFields(host.isPresent() ? "X-Host" : "X-Url", host, url);
    }
    return BanExpression.ofTarget(TargetUri.of(request).authority(), request.target());
  }
}
