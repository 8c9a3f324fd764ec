package io.forebay.server.purge;

import java.util.Set;

/// Which pages an order covers.
public sealed interface PurgeScope {

  /// Those with one of these tags.
  record Tags(Set<String> tags) implements PurgeScope {
    public Tags {
      tags = Set.copyOf(tags);
    }
  }

  /// Those at these absolute URLs, in all variants.
  record Urls(Set<String> urls) implements PurgeScope {
    public Urls {
      urls = Set.copyOf(urls);
    }
  }

  /// Those whose URL begins so after its scheme: `www.example.com/blog/`.
  record UrlPrefixes(Set<String> prefixes) implements PurgeScope {
    public UrlPrefixes {
      prefixes = Set.copyOf(prefixes);
    }
  }

  /// Those whose whole URL matches one of these globs (`*`, `?`, and `\` before what is literal).
  record UrlPatterns(Set<String> patterns) implements PurgeScope {
    public UrlPatterns {
      patterns = Set.copyOf(patterns);
    }
  }

  /// Those of these hosts.
  record Hosts(Set<String> hosts) implements PurgeScope {
    public Hosts {
      hosts = Set.copyOf(hosts);
    }
  }

  /// Every page.
  record Everything() implements PurgeScope {}
}
