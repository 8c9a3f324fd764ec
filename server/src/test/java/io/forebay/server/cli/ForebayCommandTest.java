package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForebayCommandTest {

  private record Ran(int status, String out, String err) {}

  private static Ran run(Map<String, String> environment, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        ForebayCommand.run(
            arguments,
            new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), environment),
            Map.of());
    return new Ran(status, out.toString(), err.toString());
  }

  private static Ran run(String... arguments) {
    return run(Map.of(), arguments);
  }

  @Test
  void helpExplainsItselfWithExamplesAndExitStatuses() {
    for (Ran help : List.of(run(), run("--help"), run("-h"))) {
      assertThat(help.status()).isZero();
      assertThat(help.out())
          .contains("serve", "config", "token", "Examples:", "Exit status:")
          .contains("forebay serve --origin http://127.0.0.1:3000")
          .doesNotContain("launch-options", "rehearse");
      assertThat(help.err()).isEmpty();
    }
    assertThat(run("serve", "--help").out()).contains("--origin=URL", "--set=NAME=VALUE");
  }

  @Test
  void theVersionNamesCommitAndJdk() {
    assertThat(run("--version").out()).matches("forebay \\S+ \\(commit \\S+, JDK 25\\S*\\)\\R");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serv                      | unknown command serv; did you mean serve?
          serve --orign http://a    | unknown option --orign; did you mean --origin?
          serve --api-lisen=x:1     | unknown option --api-lisen=x:1; did you mean --api-listen?
          config chek f             | unknown command chek; did you mean check?
          serve extra               | unknown argument extra
          token new --rolle read    | unknown option --rolle; did you mean --role?
          config check              | Missing required parameter: 'FILE'
          """)
  void aWrongCommandLineNamesWhatWasMeant(String line, String message) {
    Ran ran = run(line.split(" ", -1));
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.err()).startsWith("forebay: " + message).contains("--help");
    assertThat(ran.err()).doesNotContain("\tat ");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void wrongSettingsAreRefusedBeforeAnythingStarts() {
    Ran ran =
        run(
            Map.of("FOREBAY_SHUTDOWN_GRACE", "10"),
            "serve",
            "--set",
            "api.lisen=x",
            "--api-listen",
            "0.0.0.0:1",
            "--set",
            "nonsense=1");
    assertThat(ran.status()).isEqualTo(3);
    assertThat(ran.err().lines())
        .hasSize(3)
        .anyMatch(
            line -> line.contains("--set: unknown setting api.lisen; did you mean api.listen?"))
        .anyMatch(line -> line.contains("--set: unknown setting nonsense"))
        .anyMatch(line -> line.contains("FOREBAY_SHUTDOWN_GRACE: shutdown.grace: expected a"));
    assertThat(run("serve", "--set", "novalue").err()).contains("expected NAME=VALUE");
    assertThat(run("serve", "--api-listen", "0.0.0.0:1").err()).contains("forebay token new");
  }

  @Test
  void configCheckSaysWhetherAFileIsGood(@TempDir Path folder) throws IOException {
    Path good = Files.writeString(folder.resolve("good.yaml"), "api: {listen: 127.0.0.1:1}\n");
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "api:\n  lissten: x\nzzz: 1\n");
    Ran accepted = run("config", "check", good.toString());
    assertThat(accepted.status()).isZero();
    assertThat(accepted.out()).contains("good.yaml is good: it sets 1 setting");
    Ran refused = run("config", "check", bad.toString());
    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.err())
        .contains("bad.yaml:2:3: unknown setting api.lissten; did you mean api.listen?")
        .contains("bad.yaml:3:1: unknown setting zzz");
    assertThat(run("config", "check", folder.resolve("none").toString()).err())
        .contains("there is no settings file");
    assertThat(run("config", "check", folder.toString()).err()).contains("is a folder");
  }

  @Test
  void configShowNamesValueAndSourceOfEverySetting(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("f.yaml"), "memory.max_bytes: 64MiB\n");
    Ran shown =
        run(
            Map.of("FOREBAY_CONFIG", file.toString(), "FOREBAY_LOG_FORMAT", "json"),
            "config",
            "show",
            "--origin",
            "http://127.0.0.1:3000");
    assertThat(shown.status()).isZero();
    assertThat(shown.out())
        .containsPattern("memory.max_bytes +64MiB +.*f.yaml:1:19")
        .containsPattern("log.format +json +FOREBAY_LOG_FORMAT")
        .containsPattern("proxy.origin +http://127.0.0.1:3000 +--origin")
        .containsPattern("shutdown.grace +10s +default");
  }

  @Test
  void aNewTokenIsPrintedOnceWithSettingsThatAreAccepted(@TempDir Path folder) throws IOException {
    Ran ran = run("token", "new", "--name", "ci", "--role", "read,PURGE");
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).containsOnlyOnce("fb_").contains("roles: [read, purge]");
    String yaml = ran.out().substring(ran.out().indexOf("access:"));
    Path file = Files.writeString(folder.resolve("token.yaml"), yaml);
    assertThat(run("config", "check", file.toString()).status()).isZero();
    assertThat(run("token", "new", "--role", "root").err())
        .contains("--role: expected read, write, purge or admin");
    assertThat(run("token", "new", "--name", "a b").status()).isEqualTo(2);
  }

  @Test
  void theHeapFollowsFromTheConfiguredMemory() {
    assertThat(run("launch-options").out()).contains("-Xmx544m", "-XX:+UseSerialGC");
    assertThat(run("launch-options", "serve", "--set", "memory.max_bytes=1GiB", "--else").out())
        .contains("-Xmx1504m");
    assertThat(run("launch-options", "serve", "--set=memory.max_bytes=4GiB").out())
        .contains("-Xmx5344m", "-XX:+UseG1GC");
    assertThat(run("launch-options", "serve", "--set", "memory.max_bytes=lots").out())
        .contains("-Xmx544m");
  }

  @Test
  void aSqliteFileBehindCachesGetsMoreCarriers() {
    String option = "jdk.virtualThreadScheduler.parallelism";
    assertThat(run("launch-options", "serve").out()).doesNotContain(option);
    assertThat(run("launch-options", "serve", "--set", "entries.tier=database").out())
        .contains(option);
    assertThat(
            run(
                    "launch-options",
                    "serve",
                    "--set",
                    "entries.tier=database",
                    "--set",
                    "database.url=postgres://a:b@127.0.0.1/c")
                .out())
        .doesNotContain(option);
  }
}
