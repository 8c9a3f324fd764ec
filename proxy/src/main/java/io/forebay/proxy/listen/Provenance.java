package io.forebay.proxy.listen;

import io.forebay.http.FieldSyntax;
import io.forebay.http.ForwardedElement;
import io.forebay.http.HttpFields;
import io.forebay.proxy.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a request came from and what it was for: the connection's word, or that of the trusted
/// proxies that it came through.
///
/// `Forwarded` (RFC 7239), or `X-Forwarded-For`, `-Proto` and `-Host`, count only when the
/// connection's other end is trusted, and only those that it writes ([TrustedFields]): the others
/// it may have from anybody. Of their list of addresses those of trusted proxies are passed over
/// from the end; the first other one is the client, and whatever stands before it is the client's
/// own invention.
///
/// @param scheme lower case
public record Provenance(Sender sender, String scheme, String authority) {

  /// @param stated the scheme as stated in the request. What the connection is, a client does not
  ///   choose; anything but HTTP is refused later.
  /// @param authority of the request, as it came
  public static Provenance of(
      ClientConnection connection,
      TrustedNetworks trusted,
      String stated,
      String authority,
      HttpFields fields) {
    String scheme = isHttp(stated) ? connection.scheme() : stated;
    if (!connection.isTrusted()) {
      return new Provenance(Sender.direct(connection.hop()), scheme, authority);
    }
    List<ForwardedElement> elements =
        switch (trusted.fields()) {
          case FORWARDED -> ForwardedElement.parse(fields);
          case X_FORWARDED -> ofOtherFields(fields);
        };
    String client = connection.hop();
    Optional<String> host = Optional.empty();
    Optional<String> proto = Optional.empty();
    int believed = elements.size();
    while (believed > 0) {
      ForwardedElement element = elements.get(--believed);
      // What the proxy nearest to the client says of host and scheme is what the client asked for.
      host = element.host().isPresent() ? element.host() : host;
      proto = element.proto().isPresent() ? element.proto() : proto;
      Optional<String> address = address(element);
      if (address.isEmpty()) {
        // Unknown or hidden: the last that is known stands for it.
        break;
      }
      client = address.get();
      if (!trusted.contains(client)) {
        break;
      }
    }
    return new Provenance(
        new Sender(client, connection.hop(), trusted.fields().word(), before(elements, believed)),
        proto.map(FieldSyntax::lowerCase).filter(Provenance::isHttp).orElse(scheme),
        host.orElse(authority));
  }

  private static Optional<String> address(ForwardedElement element) {
    return element.from().map(ForwardedElement::address).filter(Network::isAddress);
  }

  /// What is told of the way here, without whatever an origin could mistake for more than an
  /// address: hosts and schemes before the client are in no key.
  private static List<ForwardedElement> before(List<ForwardedElement> elements, int believed) {
    List<ForwardedElement> told = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      ForwardedElement element = elements.get(i);
      Optional<String> from = address(element).or(() -> Optional.of("unknown"));
      told.add(
          i < believed
              ? new ForwardedElement(from, Optional.empty(), Optional.empty())
              : new ForwardedElement(
                  from,
                  element.host(),
                  element.proto().map(FieldSyntax::lowerCase).filter(Provenance::isHttp)));
    }
    return told;
  }

  private static boolean isHttp(String scheme) {
    return scheme.equals("http") || scheme.equals("https");
  }

  private static List<ForwardedElement> ofOtherFields(HttpFields fields) {
    List<String> addresses = FieldSyntax.listMembers(fields, "X-Forwarded-For");
    Optional<String> host = last(fields, "X-Forwarded-Host");
    Optional<String> proto = last(fields, "X-Forwarded-Proto");
    if (addresses.isEmpty()) {
      return host.isPresent() || proto.isPresent()
          ? List.of(new ForwardedElement(Optional.empty(), host, proto))
          : List.of();
    }
    // Host and scheme are not a list that goes with the addresses: most proxies replace them.
    List<ForwardedElement> elements = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      boolean isNearest = i == addresses.size() - 1;
      elements.add(
          new ForwardedElement(
              Optional.of(addresses.get(i)),
              isNearest ? host : Optional.empty(),
              isNearest ? proto : Optional.empty()));
    }
    return elements;
  }

  private static Optional<String> last(HttpFields fields, String name) {
    List<String> values = FieldSyntax.listMembers(fields, name);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
  }
}
