package io.forebay.proxy.origin;

import io.forebay.http.caching.StaleOnErrorDecision.OriginFailure;
import java.time.Duration;
import java.util.Optional;

/// Why no usable response came: the proxy error types of RFC 9209 §2.3 that can happen here.
public enum OriginError {
  DNS_ERROR("dns_error", 502, "the origin's host name could not be resolved"),
  CONNECTION_REFUSED("connection_refused", 502, "the origin refused the connection"),
  CONNECTION_TIMEOUT("connection_timeout", 504, "connecting to the origin took too long"),
  CONNECTION_TERMINATED(
      "connection_terminated", 502, "the origin closed the connection before it answered"),
  CONNECTION_LIMIT_REACHED(
      "connection_limit_reached", 503, "all connections to the origin are in use"),
  CONNECTION_WAIT_TIMEOUT(
      "connection_limit_reached",
      503,
      "no connection to the origin became free in time; all were in use"),
  TLS_PROTOCOL_ERROR("tls_protocol_error", 502, "the TLS handshake with the origin failed"),
  CONNECTION_WRITE_TIMEOUT(
      "connection_write_timeout", 504, "the origin took no more of the request in time"),
  HTTP_RESPONSE_TIMEOUT("http_response_timeout", 504, "the origin did not begin to answer in time"),
  HTTP_RESPONSE_TRANSFER_CODING(
      "http_response_transfer_coding",
      502,
      "the origin's answer has a transfer coding that it was not asked for"),
  HTTP_PROTOCOL_ERROR("http_protocol_error", 502, "the origin's answer is not valid HTTP"),
  REQUEST_HEAD_TOO_LARGE(
      "http_request_error",
      431,
      "the request's header section is larger than the origin says it takes"),
  HTTP_REQUEST_ERROR("http_request_error", 502, "the request body could not be passed on"),
  DESTINATION_UNAVAILABLE(
      "destination_unavailable", 503, "the origin is down: it could not be reached lately"),
  DESTINATION_FAILING(
      "destination_unavailable", 503, "the origin is down: it answered with errors lately"),
  DESTINATION_UNKNOWN("destination_not_found", 503, "no origin was found yet"),
  TOO_MANY_FOLLOWERS(
      "proxy_internal_response", 503, "too many requests wait for the same page already"),
  PROXY_LOOP_DETECTED("proxy_loop_detected", 502, "the request has been here before: a loop");

  private final String token;
  private final int status;
  private final String sentence;

  OriginError(String token, int status, String sentence) {
    this.token = token;
    this.status = status;
    this.sentence = sentence;
  }

  /// The `error` parameter's value in `Proxy-Status`.
  public String token() {
    return token;
  }

  /// The status code the client gets if nothing stale can be served.
  public int status() {
    return status;
  }

  /// For people.
  public String sentence() {
    return sentence;
  }

  /// Whether the origin has seen nothing of the request, mostly as no connection was had.
  public boolean isBeforeRequest() {
    return switch (this) {
      case DNS_ERROR,
          CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          CONNECTION_LIMIT_REACHED,
          CONNECTION_WAIT_TIMEOUT,
          TLS_PROTOCOL_ERROR,
          DESTINATION_UNAVAILABLE,
          DESTINATION_FAILING,
          DESTINATION_UNKNOWN,
          TOO_MANY_FOLLOWERS,
          PROXY_LOOP_DETECTED,
          REQUEST_HEAD_TOO_LARGE ->
          true;
      case CONNECTION_TERMINATED,
          CONNECTION_WRITE_TIMEOUT,
          HTTP_RESPONSE_TIMEOUT,
          HTTP_RESPONSE_TRANSFER_CODING,
          HTTP_PROTOCOL_ERROR,
          HTTP_REQUEST_ERROR ->
          false;
    };
  }

  /// Whether this is what a connection does that the origin has given up since its last request, or
  /// on which the last response was followed by bytes that were not announced.
  boolean isTypicalOfReuse() {
    return this == CONNECTION_TERMINATED || this == HTTP_PROTOCOL_ERROR;
  }

  /// Whether the origin was not asked because something stale could be served.
  public boolean isSparing() {
    return this == DESTINATION_UNAVAILABLE || this == DESTINATION_FAILING;
  }

  /// Whether it is this request's own, and says nothing of another for the same page.
  public boolean isOfRequest() {
    return this == REQUEST_HEAD_TOO_LARGE;
  }

  /// What this says about the origin's health; empty if nothing.
  Optional<Health.Cause> cause() {
    return switch (this) {
      case DNS_ERROR,
          CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          CONNECTION_TERMINATED,
          TLS_PROTOCOL_ERROR,
          CONNECTION_WRITE_TIMEOUT,
          HTTP_RESPONSE_TIMEOUT,
          HTTP_RESPONSE_TRANSFER_CODING,
          HTTP_PROTOCOL_ERROR ->
          Optional.of(Health.Cause.UNREACHABLE);
      case CONNECTION_LIMIT_REACHED,
          CONNECTION_WAIT_TIMEOUT,
          REQUEST_HEAD_TOO_LARGE,
          HTTP_REQUEST_ERROR,
          DESTINATION_UNAVAILABLE,
          DESTINATION_FAILING,
          DESTINATION_UNKNOWN,
          TOO_MANY_FOLLOWERS,
          PROXY_LOOP_DETECTED ->
          Optional.empty();
    };
  }

  /// How the origin failed, for the rules of serving stale: what we refuse to spare an origin, and
  /// what it answers with errors, is no reason to think it unreachable.
  public OriginFailure failure() {
    return switch (this) {
      case CONNECTION_LIMIT_REACHED,
          CONNECTION_WAIT_TIMEOUT,
          DESTINATION_FAILING,
          TOO_MANY_FOLLOWERS,
          REQUEST_HEAD_TOO_LARGE ->
          OriginFailure.ERROR_RESPONSE;
      case DNS_ERROR,
          CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          CONNECTION_TERMINATED,
          TLS_PROTOCOL_ERROR,
          CONNECTION_WRITE_TIMEOUT,
          HTTP_RESPONSE_TIMEOUT,
          HTTP_RESPONSE_TRANSFER_CODING,
          HTTP_PROTOCOL_ERROR,
          HTTP_REQUEST_ERROR,
          DESTINATION_UNAVAILABLE,
          DESTINATION_UNKNOWN,
          PROXY_LOOP_DETECTED ->
          OriginFailure.UNREACHABLE;
    };
  }

  /// When a client may try again; empty if that would change nothing.
  public Optional<Duration> retryAfter() {
    return switch (this) {
      case CONNECTION_LIMIT_REACHED, CONNECTION_WAIT_TIMEOUT, TOO_MANY_FOLLOWERS ->
          Optional.of(Duration.ofSeconds(1));
      case DESTINATION_UNAVAILABLE, DESTINATION_FAILING, DESTINATION_UNKNOWN ->
          Optional.of(Duration.ofSeconds(5));
      case DNS_ERROR,
          CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          CONNECTION_TERMINATED,
          TLS_PROTOCOL_ERROR,
          CONNECTION_WRITE_TIMEOUT,
          HTTP_RESPONSE_TIMEOUT,
          HTTP_RESPONSE_TRANSFER_CODING,
          HTTP_PROTOCOL_ERROR,
          REQUEST_HEAD_TOO_LARGE,
          HTTP_REQUEST_ERROR,
          PROXY_LOOP_DETECTED ->
          Optional.empty();
    };
  }
}
