package io.forebay.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// Which build this is.
///
/// @param commit abbreviated git commit, `unknown` if the build did not know it
public record VersionInfo(String version, String commit) {

  private static final String RESOURCE = "/io/forebay/server/build.properties";

  public static VersionInfo read() {
    var properties = new Properties();
    try (InputStream stream = VersionInfo.class.getResourceAsStream(RESOURCE)) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the build's own resource cannot be read: " + RESOURCE, e);
    }
    return new VersionInfo(
        properties.getProperty("version", "unknown"), properties.getProperty("commit", "unknown"));
  }

  /// `forebay 0.1.0 (commit 1a2b3c4, JDK 25.0.3)`.
  public String describe() {
    return "forebay " + version + " (commit " + commit + ", JDK " + Runtime.version() + ")";
  }
}
