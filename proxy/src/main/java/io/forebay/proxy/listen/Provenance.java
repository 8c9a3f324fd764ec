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
/// The fields `Forwarded` (RFC 7239), else `X-Forwarded-For`, `-Proto` and `-Host`, count only when
/// the connection's other end is trusted. Of their list of addresses those of trusted proxies are
/// passed over from the end; the first other one is the client, and whatever stands before it is
/// the client's own invention.
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
    List<ForwardedElement> elements = elements(fields);
    String client = connection.hop();
    Optional<String> host = Optional.empty();
    Optional<String> proto = Optional.empty();
    for (ForwardedElement element : elements.reversed()) {
      // What the proxy nearest to the client says of host and scheme is what the client asked for.
      host = element.host().isPresent() ? element.host() : host;
      proto = element.proto().isPresent() ? element.proto() : proto;
      Optional<String> address =
          element.from().map(ForwardedElement::address).filter(Network::isAddress);
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
        new Sender(client, connection.hop(), true),
        proto.map(FieldSyntax::lowerCase).filter(Provenance::isHttp).orElse(scheme),
        host.orElse(authority));
  }

  private static boolean isHttp(String scheme) {
    return scheme.equals("http") || scheme.equals("https");
  }

  private static List<ForwardedElement> elements(HttpFields fields) {
    if (fields.contains("Forwarded")) {
      return ForwardedElement.parse(fields);
    }
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
