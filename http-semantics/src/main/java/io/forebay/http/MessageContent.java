package io.forebay.http;

/// Whether a response has content, whatever its fields say (RFC 9110 §6.4.1).
public final class MessageContent {

  private MessageContent() {}

  /// False for answers to HEAD, for 1xx, 204 and 304, and for 2xx to CONNECT.
  public static boolean isAllowed(String requestMethod, int status) {
    return !requestMethod.equals("HEAD")
        && isAllowed(status)
        && !(requestMethod.equals("CONNECT") && status / 100 == 2);
  }

  /// False for 1xx, 204 and 304, whatever the request's method.
  public static boolean isAllowed(int status) {
    return status / 100 != 1 && status != 204 && status != 304;
  }
}
