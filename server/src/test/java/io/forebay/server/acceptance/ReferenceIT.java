package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `conformance/reference`: what the texts of the other systems print, against `./forebay`.
class ReferenceIT {

  private record Ended(int status, String output) {}

  private static Ended run(String... command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(command));
    all.set(0, ForebayProcess.ROOT.resolve("conformance/reference").resolve(command[0]).toString());
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  @Test
  void everythingThatIsPrintedIsAnsweredAsPrinted() throws Exception {
    Ended ended = run("run", "--report", "target/reference.txt");
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains(" pass, 0 fail, ");
  }

  @Test
  void clientsOfAllSystemsGetNoUnexpectedAnswer() throws Exception {
    Ended ended = run("clients", "--seconds", "5", "--rate", "100", "--ports", "free");
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  @Tag("long")
  @Test
  void norInTenMinutes() throws Exception {
    Ended ended = run("clients", "--ports", "free");
    assertThat(ended.status()).as(ended.output()).isZero();
  }
}
