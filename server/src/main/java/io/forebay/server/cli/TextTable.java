package io.forebay.server.cli;

import java.io.PrintWriter;
import java.util.List;

/// Lines of columns, each as wide as its widest cell.
final class TextTable {

  private TextTable() {}

  /// @param lines all of the same length
  static void print(List<List<String>> lines, PrintWriter out) {
    for (List<String> line : lines) {
      var printed = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        printed.append(line.get(column));
        if (column < line.size() - 1) {
          int width = width(lines, column);
          printed.append(" ".repeat(width + 2 - line.get(column).length()));
        }
      }
      out.println(printed);
    }
  }

  private static int width(List<List<String>> lines, int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }

  /// What fits into a column.
  static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 59) + "…";
  }
}
