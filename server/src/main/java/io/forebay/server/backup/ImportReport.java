package io.forebay.server.backup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What became of an import, or of the part of it that was carried out.
///
/// @param lines how many were read, the first included
/// @param isWhole whether the backup's end was among them
/// @param rejections the first of those that break a rule of this server
public record ImportReport(
    long lines,
    boolean isWhole,
    long restored,
    long kept,
    long expired,
    long invalidated,
    long unproven,
    long notAdmitted,
    long rejected,
    List<Rejection> rejections) {

  /// @param line its number, from 1
  public record Rejection(long line, String field, String expected, String detail) {}

  public ImportReport {
    rejections = List.copyOf(rejections);
  }

  /// Its JSON members, in order.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("lines", lines);
    members.put("complete", isWhole);
    members.put("restored", restored);
    members.put("kept", kept);
    members.put("expired", expired);
    members.put("invalidated", invalidated);
    members.put("unproven", unproven);
    members.put("not_admitted", notAdmitted);
    members.put("rejected", rejected);
    members.put("rejections", rejections);
    return members;
  }
}
