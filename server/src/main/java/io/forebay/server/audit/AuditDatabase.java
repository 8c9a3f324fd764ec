package io.forebay.server.audit;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Which database holds the audit.
public sealed interface AuditDatabase {

  /// A SQLite file; made if missing.
  record File(Path path) implements AuditDatabase {}

  /// A PostgreSQL server.
  ///
  /// @param jdbcUrl without user and password
  record PostgreSql(String jdbcUrl, Optional<String> user, Optional<String> password)
      implements AuditDatabase {

    /// Without the password: this may end up in a log.
    @Override
    public String toString() {
      return "PostgreSql[" + jdbcUrl.replaceFirst("\\?.*", "") + "]";
    }
  }

  /// Reads `postgres://user:password@host:port/database?parameters`, also with `postgresql:` and
  /// `jdbc:postgresql:`; empty if it is none.
  static Optional<PostgreSql> parse(String text) {
    String url = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(url);
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      if (uri.getHost() == null || path.length() < 2 || uri.getRawFragment() != null) {
        return Optional.empty();
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      String jdbcUrl = "jdbc:postgresql://" + uri.getHost() + port + path + query;
      String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
      int colon = userInfo.indexOf(':');
      String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
      Optional<String> password =
          colon < 0 ? Optional.empty() : Optional.of(decoded(userInfo.substring(colon + 1)));
      return Optional.of(
          new PostgreSql(
              jdbcUrl, user.isEmpty() ? Optional.empty() : Optional.of(decoded(user)), password));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
