package io.forebay.benchmarks.hitratio;

import io.forebay.cache.policy.HitObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command line, read.
///
/// @param limit of entries, or of bytes; empty for 0.1, 1, 5, 10 and 25 % of the unique ids
/// @param objective for `auto` where the limit is of bytes
/// @param policies empty for the mode's own choice
record Options(
    Mode mode,
    List<Path> files,
    List<Contender> policies,
    Optional<Contender.Bounds> limit,
    Path traces,
    int runs,
    HitObjective objective) {

  enum Mode {
    REPLAY,
    SCORE,
    COST,
    SYNTHETIC,
    HELP
  }

  static final String USAGE =
      """
      usage: hit-ratio TRACE... [--policy P]... [--entries N | --bytes N [--objective objects|bytes]]
             hit-ratio --score [--traces DIR] [--policy P]...
             hit-ratio --synthetic [--policy P]...
             hit-ratio --cost TRACE... [--policy P]... [--entries N] [--runs N]

      TRACE holds one request a line, 'id' or 'id size-in-bytes', after lines starting with '#'; plain or .gz.
      P is one of %s, or 'all'; without it: auto (score: all).
      Without a size: 0.1, 1, 5, 10 and 25 %% of the unique ids, as entries.
      --bytes adds the columns bytes and byte_hit_ratio; entries is then the number held at the end.
      --objective says which hits auto counts when bytes are short: of objects (without it), or of bytes.
      --synthetic replays patterns of known shape (loops, favourites, scans, changes half-way) with 100 and 1,000
      entries, and prints the distance to lru in points; without --policy: auto, w-tinylfu and caffeine.
      --score prints the score defined in DIR/README.md (DIR: ../shared/traces), Caffeine's from the same process.
      --cost prints nanoseconds of processor time per miss, Caffeine's from the same process, medians of --runs (5).
      """;

  static Options parse(List<String> arguments) {
    Mode mode = Mode.REPLAY;
    List<Path> files = new ArrayList<>();
    List<Contender> policies = new ArrayList<>();
    Optional<Contender.Bounds> limit = Optional.empty();
    Path traces = Path.of("../shared/traces");
    int runs = 5;
    HitObjective objective = HitObjective.OBJECTS;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      switch (argument) {
        case "--help", "-h" -> mode = Mode.HELP;
        case "--score" -> mode = Mode.SCORE;
        case "--cost" -> mode = Mode.COST;
        case "--synthetic" -> mode = Mode.SYNTHETIC;
        case "--objective" -> objective = objective(value(arguments, ++i, argument));
        case "--policy" -> policies.addAll(contenders(value(arguments, ++i, argument)));
        case "--entries", "--bytes" ->
            limit =
                Optional.of(
                    new Contender.Bounds(
                        argument.equals("--bytes"), number(arguments, ++i, argument)));
        case "--traces" -> traces = Path.of(value(arguments, ++i, argument));
        case "--runs" -> runs = Math.toIntExact(number(arguments, ++i, argument));
        default -> files.add(file(argument));
      }
    }
    if (files.isEmpty() && (mode == Mode.REPLAY || mode == Mode.COST)) {
      throw new IllegalArgumentException("expected at least one trace file");
    }
    return new Options(
        mode, List.copyOf(files), List.copyOf(policies), limit, traces, runs, objective);
  }

  private static List<Contender> contenders(String name) {
    return name.equals("all") ? Contender.all() : List.of(new Contender(name));
  }

  private static HitObjective objective(String name) {
    return switch (name) {
      case "objects" -> HitObjective.OBJECTS;
      case "bytes" -> HitObjective.BYTES;
      default ->
          throw new IllegalArgumentException(
              "--objective needs 'objects' or 'bytes', not '" + name + "'");
    };
  }

  private static Path file(String argument) {
    if (argument.startsWith("-")) {
      throw new IllegalArgumentException("unknown option " + argument);
    }
    return Path.of(argument);
  }

  private static String value(List<String> arguments, int i, String option) {
    if (i >= arguments.size()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return arguments.get(i);
  }

  private static long number(List<String> arguments, int i, String option) {
    String value = value(arguments, i, option);
    try {
      long number = Long.parseLong(value);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, for both.
    }
    throw new IllegalArgumentException(
        option + " needs a whole number of at least 1, not '" + value + "'");
  }
}
