package io.forebay.server.reload;

import io.forebay.server.settings.SettingProblem;
import java.util.List;

/// What became of reading the settings again.
public sealed interface ReloadOutcome {

  /// @param changed names of settings that have another value now
  /// @param needsRestart names of settings whose new value takes a restart, or does in part
  record Applied(List<String> changed, List<String> needsRestart) implements ReloadOutcome {
    public Applied {
      changed = List.copyOf(changed);
      needsRestart = List.copyOf(needsRestart);
    }
  }

  /// Nothing changed.
  ///
  /// @param problems at least one
  record Refused(List<SettingProblem> problems) implements ReloadOutcome {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
