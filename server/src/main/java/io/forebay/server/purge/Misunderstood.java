package io.forebay.server.purge;

/// Ends the reading of a request; caught in [PurgeReader] only. An exception because reading goes
/// many small steps deep.
final class Misunderstood extends Exception {

  private static final long serialVersionUID = 1;

  private final transient PurgeReading.Refused refusal;

  Misunderstood(String field, String expected, String detail) {
    super(detail, null, false, false);
    this.refusal = new PurgeReading.Refused(field, expected, detail);
  }

  PurgeReading.Refused refusal() {
    return refusal;
  }
}
