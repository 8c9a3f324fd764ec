package io.forebay.proxy.origin;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file that lists origins, one a line as in the settings; `#` begins a comment, and a line may
/// begin with `- `, as in YAML.
public final class OriginFile {

  /// More than any list; bounds what is read.
  private static final long LARGEST_BYTES = 1 << 20;

  private OriginFile() {}

  /// What became of reading one.
  public sealed interface Reading {

    /// @param sources at least one
    record Read(List<OriginSource> sources) implements Reading {}

    /// @param why with the place: `origins.txt:3: expected …`
    record Wrong(String why) implements Reading {}
  }

  public static Reading read(String path) {
    Path file = Path.of(path);
    try {
      if (Files.size(file) > LARGEST_BYTES) {
        return new Reading.Wrong(path + ": larger than 1 MiB: not a list of origins");
      }
      return parse(path, Files.readString(file));
    } catch (NoSuchFileException e) {
      return new Reading.Wrong(path + ": there is no such file");
    } catch (CharacterCodingException e) {
      return new Reading.Wrong(path + ": not UTF-8 text");
    } catch (IOException e) {
      return new Reading.Wrong(path + ": cannot be read: " + e);
    }
  }

  /// @param path for messages
  static Reading parse(String path, String text) {
    List<OriginSource> sources = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = withoutFrame(lines.get(i));
      if (line.isEmpty()) {
        continue;
      }
      String place = path + ":" + (i + 1) + ": ";
      switch (OriginSource.read(line)) {
        case OriginSource.Reading.Read(OriginSource.InFile _) -> {
          return new Reading.Wrong(place + "a file of origins names no further file");
        }
        case OriginSource.Reading.Read(var source) -> sources.add(source);
        case OriginSource.Reading.Wrong(var why) -> {
          String shown = line.length() <= 80 ? line : line.substring(0, 80) + "…";
          String reason = why.isEmpty() ? "" : " (" + why + ")";
          String expected = "expected " + OriginSource.EXPECTATION + ", but found \"";
          return new Reading.Wrong(place + printable(expected + shown + "\"" + reason));
        }
      }
    }
    return sources.isEmpty()
        ? new Reading.Wrong(path + ": lists no origin")
        : new Reading.Read(List.copyOf(sources));
  }

  /// A message is one line, on a terminal too, whatever is in the file.
  private static String printable(String text) {
    return text.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?");
  }

  private static String withoutFrame(String line) {
    String text = line.strip();
    if (text.startsWith("#")) {
      return "";
    }
    int comment = text.indexOf(" #");
    text = comment < 0 ? text : text.substring(0, comment).strip();
    return text.startsWith("- ") ? text.substring(2).strip() : text;
  }
}
