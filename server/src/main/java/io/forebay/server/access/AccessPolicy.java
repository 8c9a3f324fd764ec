package io.forebay.server.access;

import io.forebay.server.access.AccessDecision.Granted;
import io.forebay.server.access.AccessDecision.Reason;
import io.forebay.server.access.AccessDecision.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decides whether an API request may go on: first by which name it came, then from which web page,
/// then with which token.
///
/// - **Host.** DNS rebinding needs a *name* that an attacker controls, so IP addresses and
///   `localhost` are always good. Other names have to be listed; with tokens and an empty list any
///   name is good, since a page that rebinds a name still has no token.
/// - **Origin.** A request of a web page is good from the API's own origin or a listed one.
/// - **Token.** Without configured tokens everybody who can reach the listener may do everything.
///
/// @param allowedHosts lower case
/// @param allowedOrigins lower case
public record AccessPolicy(
    TokenRegistry tokens, List<String> allowedHosts, List<String> allowedOrigins) {

  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::\\d{1,5})?");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  public AccessPolicy {
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  public AccessDecision decide(AccessRequest request) {
    if (request.authority().isPresent() && !isOurHost(request.authority().get())) {
      return new Refused(
          Reason.HOST,
          "This server does not answer to that host name; add it to api.allowed_hosts.");
    }
    if (request.origin().isPresent() && !isOurOrigin(request)) {
      return new Refused(
          Reason.ORIGIN,
          "Web pages of that origin may not call this API; add it to api.allowed_origins.");
    }
    return request
        .needed()
        .map(needed -> byToken(request, needed))
        .orElseGet(() -> new Granted(tokens.isEmpty() ? Principal.LOCAL : Principal.ANYONE));
  }

  /// Whether a web page of another origin may read the answer (CORS).
  public boolean isListedOrigin(String origin) {
    return allowedOrigins.contains(origin.toLowerCase(Locale.ROOT));
  }

  private AccessDecision byToken(AccessRequest request, Role needed) {
    if (tokens.isEmpty()) {
      return new Granted(Principal.LOCAL);
    }
    Optional<String> secret = request.authorization().flatMap(AccessPolicy::bearer);
    if (secret.isEmpty()) {
      return new Refused(
          Reason.TOKEN_MISSING, "A token is needed: send Authorization: Bearer <token>.");
    }
    return tokens
        .holderOf(secret.get())
        .map(holder ->
            holder.may(needed)
                ? new Granted(holder)
                : new Refused(
                    Reason.ROLE,
                    "This token may not do that; it takes the role " + needed.text() + "."))
        .orElseGet(() -> new Refused(Reason.TOKEN_UNKNOWN, "This token is not known here."));
  }

  private static Optional<String> bearer(String authorization) {
    String scheme = "bearer ";
    return authorization.regionMatches(true, 0, scheme, 0, scheme.length())
        ? Optional.of(authorization.substring(scheme.length()).strip())
        : Optional.empty();
  }

  private boolean isOurHost(String authority) {
    var matcher = AUTHORITY.matcher(authority);
    if (!matcher.matches()) {
      return false;
    }
    String host = matcher.group(1).toLowerCase(Locale.ROOT);
    return host.startsWith("[")
        || IPV4.matcher(host).matches()
        || host.equals("localhost")
        || allowedHosts.contains(host)
        || (allowedHosts.isEmpty() && !tokens.isEmpty());
  }

  private boolean isOurOrigin(AccessRequest request) {
    String origin = request.origin().orElse("").toLowerCase(Locale.ROOT);
    String authority = request.authority().orElse("").toLowerCase(Locale.ROOT);
    boolean own =
        !authority.isEmpty()
            && (origin.equals("http://" + authority) || origin.equals("https://" + authority));
    return own || isListedOrigin(origin);
  }
}
