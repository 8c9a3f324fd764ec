package io.forebay.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Certificates and keys as an operator would make them: by openssl.
public final class TestingCertificates {

  private final Path folder;

  public TestingCertificates(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// A self-signed certificate for the names, in `name.pem` and `name.key`.
  public CertificateFiles selfSigned(String file, String... names) throws Exception {
    return selfSigned(file, List.of("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), names);
  }

  /// @param keyOptions of `openssl req -newkey`
  public CertificateFiles selfSigned(String file, List<String> keyOptions, String... names)
      throws Exception {
    Path certificate = folder.resolve(file + ".pem");
    Path key = folder.resolve(file + ".key");
    List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey"));
    command.addAll(keyOptions);
    command.addAll(
        List.of(
            "-nodes",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString(),
            "-days",
            "30",
            "-subj",
            "/CN=" + file,
            "-addext",
            "subjectAltName=DNS:" + String.join(",DNS:", names)));
    run(command.toArray(String[]::new));
    return new CertificateFiles(certificate, key);
  }

  /// Runs a program; what it said, standard error included.
  public static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + output);
    }
    return output;
  }
}
