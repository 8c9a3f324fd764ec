package io.forebay.server.pages;

import io.forebay.http.FieldText;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.PurgePort;
import io.forebay.proxy.listen.Network;
import io.forebay.server.access.Principal;
import io.forebay.server.access.Role;
import io.forebay.server.access.TokenRegistry;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.invalidation.InvalidationAnswer;
import io.forebay.server.invalidation.InvalidationRequest;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.PageOrders;
import io.forebay.server.invalidation.Receipt;
import io.forebay.server.invalidation.Requester;
import io.forebay.server.invalidation.Source;
import io.forebay.server.purge.PurgeReader;
import io.forebay.server.purge.PurgeReading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// `PURGE` and `BAN` on the proxy's listener.
///
/// Who may: a token of the role `purge`, or a client of `proxy.purge_networks`. A request that says
/// that it passed another proxy has that one's address and not its client's, and a web page may
/// send what its reader never meant: for these, only a token counts. All others get 405.
public final class ProxyPurges implements PurgePort {

  /// Fields that proxies add.
  private static final List<String> PASSED = List.of("Via", "Forwarded", "X-Forwarded-For");

  private final InvalidationService invalidations;
  private final Supplier<TokenRegistry> tokens;
  private final List<Network> networks;

  /// @param tokens those in force at the time
  public ProxyPurges(
      InvalidationService invalidations, Supplier<TokenRegistry> tokens, List<Network> networks) {
    this.invalidations = invalidations;
    this.tokens = tokens;
    this.networks = List.copyOf(networks);
  }

  @Override
  public PurgeAnswer answer(RequestHead request, String peer) {
    Optional<String> who = who(request, peer);
    if (who.isEmpty()) {
      return problem(
          Problem.of(
              ProblemType.METHOD_NOT_ALLOWED,
              request.method()
                  + " is taken from clients of proxy.purge_networks and with a token of the role"
                  + " purge; nothing was invalidated."),
          HttpFields.of("Allow", "GET, HEAD"));
    }
    var by = new Requester(who.get(), peer);
    boolean isBan = request.method().equals("BAN");
    Source source = isBan ? Source.BAN : Source.PURGE;
    RequestHead decoded = request.withFields(decoded(request.fields()));
    PurgeReading reading =
        isBan ? PurgeReader.banMethod(decoded) : PurgeReader.purgeMethod(decoded);
    return answer(
        switch (reading) {
          case PurgeReading.Refused(var field, var expected, var detail) ->
              invalidations.refuse(by, source, Problem.invalid(field, expected, detail));
          case PurgeReading.Understood(var orders) ->
              invalidations.submit(
                  InvalidationRequest.local(by, source, PageOrders.toLog(orders)),
                  Optional.empty());
        });
  }

  private static HttpFields decoded(HttpFields fields) {
    HttpFields.Builder decoded = HttpFields.builder();
    fields.forEach(line -> decoded.add(line.name(), FieldText.decoded(line.value())));
    return decoded.build();
  }

  /// Whose order it is; empty if it is nobody's who may.
  private Optional<String> who(RequestHead request, String peer) {
    Optional<String> secret =
        request
            .fields()
            .first("Authorization")
            .filter(text -> text.toLowerCase(Locale.ROOT).startsWith("bearer "))
            .map(text -> text.substring("bearer ".length()).strip())
            .or(() -> request.fields().first("Fastly-Key"));
    Optional<String> holder =
        secret
            .flatMap(token -> tokens.get().holderOf(token))
            .filter(known -> known.may(Role.PURGE))
            .map(Principal::name);
    return holder.isPresent()
        ? holder
        : Optional.of("proxy.purge_networks").filter(_ -> isFromNetwork(request, peer));
  }

  private boolean isFromNetwork(RequestHead request, String peer) {
    return networks.stream().anyMatch(network -> network.contains(peer))
        && PASSED.stream().noneMatch(request.fields()::contains)
        && !request.fields().contains("Origin");
  }

  /// The shape that Fastly answers a `PURGE` in; others look at the status only.
  private static PurgeAnswer answer(InvalidationAnswer answer) {
    return switch (answer) {
      case InvalidationAnswer.Done(var receipt) -> json(200, receipt, "ok", "purged");
      case InvalidationAnswer.Pending(var receipt) ->
          json(
              answer.status(),
              receipt,
              "pending",
              "purged here, the other nodes are to hear of it");
      case InvalidationAnswer.NotKept(var receipt) ->
          json(
              answer.status(),
              receipt,
              "in force on this node, but "
                  + receipt.progress().notKept().orElse("the log did not keep it"),
              "purged, but the log did not keep it");
      case InvalidationAnswer.NotInTime(var receipt) ->
          json(answer.status(), receipt, "not in time", "purged, not in time");
      case InvalidationAnswer.NotPassedOn(var receipt) ->
          json(answer.status(), receipt, "not taken downstream", "purged, not passed on");
      case InvalidationAnswer.Refused(var problem) -> problem(problem, HttpFields.none());
    };
  }

  private static PurgeAnswer json(int status, Receipt receipt, String text, String why) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("status", text);
    members.put("id", receipt.id());
    return new PurgeAnswer(
        status,
        HttpFields.of("Content-Type", "application/json"),
        Json.write(members),
        why + ", receipt " + receipt.id());
  }

  private static PurgeAnswer problem(Problem problem, HttpFields fields) {
    return new PurgeAnswer(
        problem.type().status(),
        fields.with("Content-Type", "application/problem+json"),
        Json.write(problem.members()),
        "refused: " + problem.detail());
  }
}
