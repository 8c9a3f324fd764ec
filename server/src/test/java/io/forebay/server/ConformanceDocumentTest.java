package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// docs/conformance.md names tests; those exist.
class ConformanceDocumentTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /// `Class`, `Class.method`, or `method` of the class named last in the row.
  private static final Pattern NAME = Pattern.compile("`(?:([A-Z]\\w*Test)\\.?)?([a-z]\\w*|)`");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> sources = testSources();
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/conformance.md"))) {
      String source = "";
      Matcher name = NAME.matcher(line);
      while (name.find()) {
        boolean namesClass = name.group(1) != null;
        if (namesClass) {
          source = sources.getOrDefault(name.group(1), "");
        }
        String method = name.group(2);
        boolean namesMethod = method.chars().anyMatch(Character::isUpperCase);
        boolean exists =
            !source.isEmpty() && (!namesMethod || source.contains("void " + method + "("));
        if ((namesClass || namesMethod) && !exists && !line.startsWith("Tests are")) {
          missing.add(name.group());
        }
        named += namesMethod ? 1 : 0;
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(50);
  }

  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("http-semantics", "proxy")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.put(name, Files.readString(file));
        }
      }
    }
    return sources;
  }
}
