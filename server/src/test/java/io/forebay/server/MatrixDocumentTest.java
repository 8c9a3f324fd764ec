package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/matrix.md` names every line of the five systems once, and what it names exists.
class MatrixDocumentTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern ROW =
      Pattern.compile("\\| ((?:CC|DC|DI|CM|CW)-\\d+) \\| ([EPCMFNUOS]) \\| (.+) \\| (.+) \\|");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

  private static List<Matcher> rows() throws IOException {
    List<Matcher> rows = new ArrayList<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/matrix.md"))) {
      if (line.startsWith("| C") || line.startsWith("| D")) {
        Matcher row = ROW.matcher(line);
        assertThat(row.matches()).as(line).isTrue();
        rows.add(row);
      }
    }
    return rows;
  }

  private static Stream<String> lines(String system, int count, int digits) {
    return Stream.iterate(1, n -> n + 1)
        .limit(count)
        .map(n -> system + "-" + String.format("%0" + digits + "d", n));
  }

  @Test
  void everyLineIsNamedOnce() throws IOException {
    assertThat(rows().stream().map(row -> row.group(1)))
        .containsExactlyElementsOf(
            Stream.of(
                    lines("CC", 25, 2),
                    lines("DC", 45, 2),
                    lines("DI", 161, 3),
                    lines("CM", 88, 2),
                    lines("CW", 19, 2))
                .flatMap(all -> all)
                .toList());
  }

  @Test
  void everyTestAndPageThatItNamesIsThere() throws IOException {
    var known = testNames();
    for (Matcher row : rows()) {
      var named = TEST.matcher(row.group(4));
      while (named.find()) {
        assertThat(known).as(row.group(1)).contains(named.group(1));
      }
      var link = LINK.matcher(row.group(4));
      while (link.find()) {
        assertThat(ROOT.resolve("docs").resolve(link.group(1))).as(row.group(1)).exists();
      }
    }
  }

  private static Set<String> testNames() throws IOException {
    Set<String> names = new HashSet<>();
    for (String module : List.of("cache", "http-semantics", "backends", "proxy", "server")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test"))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> names.add(name.replace(".java", "")));
      }
    }
    return names;
  }
}
