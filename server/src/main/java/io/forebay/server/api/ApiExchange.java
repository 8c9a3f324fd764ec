package io.forebay.server.api;

import io.forebay.server.access.AccessDecision;
import io.forebay.server.access.AccessPolicy;
import io.forebay.server.access.AccessRequest;
import io.forebay.server.access.Principal;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One exchange: route → access → body → endpoint → answer → record. Everything but the endpoint
/// runs on the connection's event loop.
final class ApiExchange {

  private static final Logger log = LoggerFactory.getLogger(ApiExchange.class);

  private static final long LINGER_MILLIS = 1000;
  private static final String SOCKET_TOKEN = "token.";

  private final ApiListener.Parts parts;
  private final HttpServerRequest request;
  private final Context context;
  private final long beganNanos = System.nanoTime();
  private final String rawPath;
  private final String rawQuery;

  private String route = "none";
  private ApiRoute.ProblemShape problems = ApiResponse::problem;
  private Principal principal = Principal.ANYONE;
  private Optional<String> corsOrigin = Optional.empty();
  private Buffer body = Buffer.buffer();
  private Optional<RequestStream> stream = Optional.empty();
  private long reservedBytes;
  private boolean answered;

  ApiExchange(ApiListener.Parts parts, HttpServerRequest request, Context context) {
    this.parts = parts;
    this.request = request;
    this.context = context;
    String target = originForm(request.uri());
    int question = target.indexOf('?');
    this.rawPath = question < 0 ? target : target.substring(0, question);
    this.rawQuery = question < 0 ? "" : target.substring(question + 1);
  }

  /// An absolute-form target (RFC 9112 §3.2.2) names scheme and authority first.
  private static String originForm(String uri) {
    int authority = uri.startsWith("/") ? -1 : uri.indexOf("://");
    if (authority < 0) {
      return uri;
    }
    int path = uri.indexOf('/', authority + 3);
    return path < 0 ? "/" : uri.substring(path);
  }

  void begin() {
    String method = request.method().name();
    ApiRoutes.Match match = parts.routes().match(method, rawPath);
    Optional<ApiRoute> found = route(match);
    found.ifPresent(taken -> {
      route = taken.path().toString();
      problems = taken.refusals();
    });
    switch (decideAccess(found)) {
      case AccessDecision.Refused refused -> answer(refusal(refused));
      case AccessDecision.Granted(var granted) -> {
        principal = granted;
        if (method.equals("OPTIONS")) {
          answer(options());
        } else {
          follow(match);
        }
      }
    }
  }

  private static Optional<ApiRoute> route(ApiRoutes.Match match) {
    return switch (match) {
      case ApiRoutes.Match.Found(var found, _) -> Optional.of(found);
      case ApiRoutes.Match.BrokenEncoding(var found, _) -> Optional.of(found);
      case ApiRoutes.Match.OtherMethod ignored -> Optional.empty();
      case ApiRoutes.Match.Nothing ignored -> Optional.empty();
    };
  }

  private AccessDecision decideAccess(Optional<ApiRoute> found) {
    Optional<String> origin = Optional.ofNullable(request.getHeader("Origin"));
    AccessPolicy access = parts.access().get();
    corsOrigin = origin.filter(access::isListedOrigin);
    return access.decide(accessRequest(found));
  }

  private AccessRequest accessRequest(Optional<ApiRoute> found) {
    return new AccessRequest(
        authority(),
        Optional.ofNullable(request.getHeader("Origin")),
        authorization(found),
        found.flatMap(ApiRoute::needed));
  }

  private Optional<String> authorization(Optional<ApiRoute> found) {
    String usual = request.getHeader("Authorization");
    if (usual != null || found.isEmpty()) {
      return Optional.ofNullable(usual);
    }
    if (found.get().socket().isPresent()) {
      return offeredToken();
    }
    return found.get().tokenFields().stream()
        .flatMap(field -> Optional.ofNullable(request.getHeader(field)).stream())
        .map(token -> "Bearer " + token)
        .findFirst();
  }

  private Optional<String> offeredToken() {
    String offered = request.getHeader("Sec-WebSocket-Protocol");
    return offered == null
        ? Optional.empty()
        : Arrays.stream(offered.split(",", -1))
            .map(String::strip)
            .filter(protocol -> protocol.startsWith(SOCKET_TOKEN))
            .map(protocol -> "Bearer " + protocol.substring(SOCKET_TOKEN.length()))
            .findFirst();
  }

  /// A client of HTTP/1.0 may leave it out; a browser, which is who the check is about, never does.
  private Optional<String> authority() {
    String host = request.getHeader("Host");
    if (host == null && request.authority() != null) {
      return Optional.of(request.authority().toString());
    }
    return host == null && request.version() == HttpVersion.HTTP_1_0
        ? Optional.empty()
        : Optional.of(host == null ? "" : host);
  }

  private ApiResponse refusal(AccessDecision.Refused refused) {
    ProblemType type =
        switch (refused.reason()) {
          case HOST -> ProblemType.FOREIGN_HOST;
          case ORIGIN -> ProblemType.FOREIGN_ORIGIN;
          case TOKEN_MISSING -> ProblemType.TOKEN_MISSING;
          case TOKEN_UNKNOWN -> ProblemType.TOKEN_UNKNOWN;
          case ROLE -> ProblemType.FORBIDDEN;
        };
    ApiResponse response = problems.of(Problem.of(type, refused.detail()));
    return type.status() == 401
        ? response.with("WWW-Authenticate", "Bearer realm=\"forebay\"")
        : response;
  }

  /// Also a CORS preflight: which methods the path takes is no secret.
  private ApiResponse options() {
    String methods = String.join(", ", parts.routes().methodsAt(rawPath));
    if (methods.isEmpty()) {
      return noSuchPath();
    }
    ApiResponse response = ApiResponse.empty(204).with("Allow", methods + ", OPTIONS");
    return corsOrigin.isEmpty()
        ? response
        : response
            .with("Access-Control-Allow-Methods", methods)
            .with(
                "Access-Control-Allow-Headers",
                Optional.ofNullable(request.getHeader("Access-Control-Request-Headers"))
                    .orElse("Authorization, Content-Type"))
            .with("Access-Control-Max-Age", "600");
  }

  private void follow(ApiRoutes.Match match) {
    switch (match) {
      case ApiRoutes.Match.Nothing() -> answer(noSuchPath());
      case ApiRoutes.Match.OtherMethod(var allowed) ->
          answer(
              problems
                  .of(
                      Problem.of(
                          ProblemType.METHOD_NOT_ALLOWED,
                          "This path understands " + String.join(", ", allowed) + "."))
                  .with("Allow", String.join(", ", allowed)));
      case ApiRoutes.Match.BrokenEncoding(_, var parameter) ->
          answer(
              problems.of(
                  Problem.invalid(
                      parameter,
                      "percent-encoded UTF-8",
                      "The path's encoding is broken: % needs two hexadecimal digits, and the"
                          + " bytes have to be UTF-8.")));
      case ApiRoutes.Match.Found(var found, var parameters) -> {
        if (found.socket().isPresent()
            && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
          openSocket(found.socket().get(), accessRequest(Optional.of(found)));
        } else {
          readBody(found, parameters);
        }
      }
    }
  }

  private void openSocket(ApiRoute.SocketEndpoint endpoint, AccessRequest asked) {
    answered = true;
    request
        .toWebSocket()
        .onSuccess(socket -> {
          record(ApiResponse.empty(101), 0);
          endpoint.opened(
              socket, () -> parts.access().get().decide(asked) instanceof AccessDecision.Granted);
        })
        .onFailure(failure -> record(ApiResponse.empty(400), 0));
  }

  private ApiResponse noSuchPath() {
    return problems.of(
        Problem.of(
            ProblemType.NO_SUCH_PATH,
            "Nothing is served here; /v1/openapi.json describes what there is."));
  }

  private void readBody(ApiRoute found, Map<String, String> parameters) {
    if (found.streams()) {
      if (expectsContinue()) {
        request.response().writeContinue();
      }
      var coming = new RequestStream(request, context);
      stream = Optional.of(coming);
      call(found, parameters, new byte[0], coming);
      return;
    }
    long declared = declaredLength();
    if (declared > found.maxBodyBytes()) {
      answer(tooLarge(found.maxBodyBytes()));
      return;
    }
    if (declared > 0 && !reserve(declared)) {
      return;
    }
    if (expectsContinue()) {
      request.response().writeContinue();
    }
    request.handler(chunk -> take(chunk, found));
    request.exceptionHandler(failure -> abandon());
    request.endHandler(end -> call(found, parameters));
  }

  private boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
  }

  /// 0 if it is not declared.
  private long declaredLength() {
    String text = request.getHeader("Content-Length");
    try {
      return text == null ? 0 : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE; // the codec refuses what is no number; this is one beyond a long
    }
  }

  private boolean hasBody() {
    return declaredLength() > 0 || request.getHeader("Transfer-Encoding") != null;
  }

  private void take(Buffer chunk, ApiRoute found) {
    if (answered) {
      return;
    }
    long length = (long) body.length() + chunk.length();
    if (length > found.maxBodyBytes()) {
      answer(tooLarge(found.maxBodyBytes()));
    } else if (length <= reservedBytes || reserve(length - reservedBytes)) {
      body.appendBuffer(chunk);
    }
  }

  private ApiResponse tooLarge(long maxBodyBytes) {
    return problems.of(
        maxBodyBytes == 0
            ? Problem.invalid("body", "no body", "This request takes no body.")
            : new Problem(
                ProblemType.TOO_LARGE,
                "The body is too large.",
                Optional.of("body"),
                Optional.of("at most " + maxBodyBytes + " bytes")));
  }

  private boolean reserve(long bytes) {
    if (parts.bodies().tryTake(bytes)) {
      reservedBytes += bytes;
      return true;
    }
    answer(
        problems
            .of(
                Problem.of(
                    ProblemType.OVERLOADED,
                    "Too many request bodies are under way; try again shortly."))
            .with("Retry-After", "1"));
    return false;
  }

  private void call(ApiRoute found, Map<String, String> parameters) {
    if (answered) {
      return;
    }
    byte[] bytes = body.getBytes();
    body = Buffer.buffer();
    call(found, parameters, bytes, new ByteArrayInputStream(bytes));
  }

  private void call(
      ApiRoute found, Map<String, String> parameters, byte[] bytes, InputStream coming) {
    var call =
        new ApiRequest(
            parameters, rawPath, rawQuery, request.headers(), bytes, coming, principal, address());
    parts
        .threads()
        .execute(() -> {
          ApiResponse response = callSafely(found.endpoint(), call);
          context.runOnContext(ignored -> answer(response));
        });
  }

  private String address() {
    SocketAddress peer = request.remoteAddress();
    return peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
  }

  private ApiResponse callSafely(ApiEndpoint endpoint, ApiRequest call) {
    try {
      return endpoint.answer(call);
    } catch (RequestRefused refused) {
      return problems.of(refused.problem());
    } catch (RuntimeException failure) {
      log.atError().setCause(failure).addKeyValue("route", route).log("api endpoint failed");
      return problems.of(
          Problem.of(ProblemType.UNEXPECTED, "The server failed; its log says more."));
    }
  }

  /// The client went away before its body was complete.
  private void abandon() {
    if (!answered) {
      answered = true;
      giveBack();
    }
  }

  private void giveBack() {
    parts.bodies().giveBack(reservedBytes);
    reservedBytes = 0;
    body = Buffer.buffer();
  }

  private void answer(ApiResponse answer) {
    if (answered) {
      return;
    }
    answered = true;
    giveBack();
    if (stream.filter(RequestStream::isBroken).isPresent()) {
      record(answer, 0);
      return;
    }
    HttpServerResponse response = request.response();
    response.setStatusCode(answer.status());
    answer
        .fields()
        .forEach(
            field -> response.headers().add(field.getKey(), HeaderText.encode(field.getValue())));
    corsOrigin.ifPresent(origin -> {
      response.headers().add("Access-Control-Allow-Origin", origin).add("Vary", "Origin");
      response.headers().add("Access-Control-Expose-Headers", "ETag, Age, Cache-Status, Cache-Tag");
    });
    if (!request.isEnded() && hasBody()) {
      closeLingering();
    }
    byte[] bytes = answer.body();
    if (answer.writer().isPresent()) {
      if (request.method().name().equals("HEAD")) {
        response.end();
        record(answer, 0);
      } else {
        response.setChunked(true);
        parts.threads().execute(() -> write(answer, answer.writer().get()));
      }
      return;
    }
    if (request.method().name().equals("HEAD")) {
      response.headers().set("Content-Length", Integer.toString(bytes.length));
      response.end();
    } else if (bytes.length == 0) {
      response.end();
    } else {
      response.end(Buffer.buffer(bytes));
    }
    record(answer, bytes.length);
  }

  /// On a virtual thread. What cannot be finished is cut off.
  private void write(ApiResponse answer, ApiResponse.BodyWriter writer) {
    var out = new ResponseStream(request.response(), context);
    boolean isWhole = false;
    try {
      writer.writeTo(out);
      out.finish();
      isWhole = true;
    } catch (IOException gone) {
      log.atDebug().setCause(gone).addKeyValue("route", route).log("an answer was cut off");
    } catch (RuntimeException failure) {
      log.atError().setCause(failure).addKeyValue("route", route).log("api endpoint failed");
    }
    boolean ends = isWhole;
    context.runOnContext(_ -> {
      if (ends) {
        request.response().end();
      } else {
        var _ = request.connection().close();
      }
      record(answer, out.sentBytes());
    });
  }

  /// The rest of a body nobody wants is on its way, so the connection cannot be used again. Closing
  /// it at once could destroy the answer before the client has read it (RFC 9112 §9.6): what comes
  /// is read and dropped until the body ends, for a second at most.
  private void closeLingering() {
    request.response().headers().set("Connection", "close");
    request.handler(ignored -> {});
    request.resume();
    request.endHandler(ignored -> {
      var _ = request.connection().close();
    });
    var _ =
        context
            .owner()
            .setTimer(
                LINGER_MILLIS,
                ignored -> {
                  var _ = request.connection().close();
                });
  }

  private void record(ApiResponse answer, long responseBytes) {
    parts
        .records()
        .accept(
            new ExchangeRecord(
                request.method().name(),
                route,
                rawPath,
                answer.status(),
                principal.name(),
                Duration.ofNanos(System.nanoTime() - beganNanos),
                request.bytesRead(),
                responseBytes));
  }
}
