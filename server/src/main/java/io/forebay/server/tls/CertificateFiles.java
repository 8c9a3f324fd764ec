package io.forebay.server.tls;

import io.forebay.proxy.tls.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where a certificate and its key lie, as PEM.
///
/// @param certificate the certificate, then its chain
public record CertificateFiles(Path certificate, Path key) {

  private static final long MAX_BYTES = 1 << 20;

  /// What reading several came to.
  public sealed interface Reading {
    record Good(List<Credentials> credentials) implements Reading {}

    /// @param why which file, and what is wrong with it
    record Bad(String why) implements Reading {}
  }

  /// All of them, or the first thing that is wrong.
  public static Reading read(List<CertificateFiles> files) {
    List<Credentials> read = new ArrayList<>();
    for (CertificateFiles one : files) {
      try {
        switch (Credentials.read(text(one.certificate), text(one.key))) {
          case Credentials.Reading.Good(var credentials) -> read.add(credentials);
          case Credentials.Reading.Bad(var why) -> {
            return new Reading.Bad(one.certificate + " with key " + one.key + ": " + why);
          }
        }
      } catch (IOException e) {
        return new Reading.Bad(why(e));
      }
    }
    return new Reading.Good(List.copyOf(read));
  }

  /// A file's text.
  ///
  /// @throws IOException if it cannot be read, or is no PEM file by its size
  public static String text(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is too large for a PEM file");
    }
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /// For the operator.
  public static String why(IOException e) {
    return e instanceof NoSuchFileException
        ? "there is no file " + e.getMessage()
        : "cannot read: " + e.getMessage();
  }

  public List<Path> paths() {
    return List.of(certificate, key);
  }
}
