package io.forebay.server.compat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// A system whose clients are understood while the setting `compat.systems` names it.
public enum ForeignSystem {
  /// Prefix CC in `docs/matrix.md`.
  CHRONOCACHE,
  /// Prefix DC.
  DISTROCACHE,
  /// Prefix DI.
  DISTRIBUTED_CACHING,
  /// Prefix CM.
  CACHE_MANAGEMENT;

  /// What stands for all of them in the setting.
  public static final String ALL = "all";

  /// A port that a text prints, beside the API's own. Each leads to every route.
  public enum Door {
    CACHE(8080),
    APPLICATION(8000),
    INVALIDATION(9401),
    WARMING(9402),
    MONITORING(9403),
    DASHBOARD(3000);

    private final int printedPort;

    Door(int printedPort) {
      this.printedPort = printedPort;
    }

    /// As the texts have it.
    public int printedPort() {
      return printedPort;
    }

    /// `dashboard`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The doors that its clients knock at.
  public List<Door> doors() {
    return switch (this) {
      case CHRONOCACHE -> List.of(Door.CACHE, Door.APPLICATION);
      case DISTROCACHE -> List.of(Door.CACHE);
      case DISTRIBUTED_CACHING ->
          List.of(Door.INVALIDATION, Door.WARMING, Door.MONITORING, Door.DASHBOARD);
      case CACHE_MANAGEMENT -> List.of(Door.APPLICATION);
    };
  }

  /// `cache_management`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What may be written in the setting: `all`, and each by its name.
  public static List<String> names() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(ALL), Arrays.stream(values()).map(ForeignSystem::text))
        .toList();
  }

  /// @param names among [#names]
  public static Set<ForeignSystem> named(List<String> names) {
    return names.contains(ALL)
        ? EnumSet.allOf(ForeignSystem.class)
        : Arrays.stream(values())
            .filter(system -> names.contains(system.text()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(ForeignSystem.class)));
  }
}
