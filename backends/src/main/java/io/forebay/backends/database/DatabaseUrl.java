package io.forebay.backends.database;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// Which database.
public sealed interface DatabaseUrl {

  /// A SQLite file; made if missing.
  record Sqlite(Path file) implements DatabaseUrl {
    @Override
    public String toString() {
      return "sqlite:" + file;
    }
  }

  /// A PostgreSQL server.
  ///
  /// @param jdbcUrl without user and password
  record PostgreSql(String jdbcUrl, Optional<String> user, Optional<String> password)
      implements DatabaseUrl {

    /// Without user, password and parameters: this may end up in a log.
    @Override
    public String toString() {
      return jdbcUrl.replaceFirst("\\?.*", "").substring("jdbc:".length());
    }
  }

  /// Reads `postgres://user:password@host:port/database?sslmode=…` (also `postgresql:`, and `jdbc:`
  /// before it), or `sqlite:` and a path (also `sqlite://` and an absolute path, `sqlite:///./` and
  /// a relative one, and `jdbc:` before it); empty if it is none.
  static Optional<DatabaseUrl> parse(String text) {
    String url = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    if (url.startsWith("sqlite:")) {
      return sqlite(url.substring("sqlite:".length()));
    }
    return url.startsWith("postgres://") || url.startsWith("postgresql://")
        ? postgreSql(url)
        : Optional.empty();
  }

  private static Optional<DatabaseUrl> sqlite(String rest) {
    String path = rest;
    if (rest.startsWith("///./") || rest.startsWith("////")) { // as SQLAlchemy writes paths
      path = rest.substring(3);
    } else if (rest.startsWith("///")) {
      path = rest.substring(2);
    }
    if (path.isEmpty() || path.startsWith("//") || path.startsWith(":")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Sqlite(Path.of(path)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<DatabaseUrl> postgreSql(String url) {
    try {
      URI uri = new URI(url);
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      if (uri.getHost() == null || path.length() < 2 || uri.getRawFragment() != null) {
        return Optional.empty();
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
      int colon = userInfo.indexOf(':');
      String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
      return Optional.of(
          new PostgreSql(
              "jdbc:postgresql://" + uri.getHost() + port + path + query,
              user.isEmpty() ? Optional.empty() : Optional.of(decoded(user)),
              colon < 0 ? Optional.empty() : Optional.of(decoded(userInfo.substring(colon + 1)))));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
