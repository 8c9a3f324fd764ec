package io.forebay.proxy.origin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One line of a list of origins: an origin itself, or where origins are found.
///
/// ```
/// http://10.0.0.5:8080                  an address
/// http://10.0.0.6:8080 weight=3         gets three times as much
/// http://10.9.0.5:8080 priority=2       asked only while none of priority 1 is up
/// https://app.internal:8443             a name: each of its addresses is an origin
/// srv+http://_web._tcp.app.internal     DNS SRV: targets, ports, weights and priorities
/// file:/etc/forebay/origins.txt         a file of such lines
/// ```
public sealed interface OriginSource {

  /// What a line looks like, as the end of "expected …".
  String EXPECTATION = "an origin's address without a path, such as http://127.0.0.1:3000";

  /// An origin at an address.
  record Listed(ListedOrigin listed) implements OriginSource {
    @Override
    public String toString() {
      return listed.toString();
    }
  }

  /// A name; each of its addresses (A, AAAA) is an origin.
  record Named(ListedOrigin named) implements OriginSource {
    @Override
    public String toString() {
      return named.toString();
    }
  }

  /// A name with SRV records (RFC 2782), which say the rest.
  record Service(String name, boolean tls) implements OriginSource {
    @Override
    public String toString() {
      return (tls ? "srv+https://" : "srv+http://") + name;
    }
  }

  /// A file of lines, each a source but no further file.
  record InFile(String path) implements OriginSource {
    @Override
    public String toString() {
      return "file:" + path;
    }
  }

  /// What became of reading a line.
  sealed interface Reading {
    record Read(OriginSource source) implements Reading {}

    /// @param why may be empty: it is no such line
    record Wrong(String why) implements Reading {}
  }

  Pattern SERVICE = Pattern.compile("srv\\+(https?)://([A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?)");

  Pattern MORE_THAN_A_HOST = Pattern.compile("https?://[^/?#]+([/?#].+|[?#].*)|https?://[^/]*@.*");

  String MORE = "it has a path, query or user";

  Pattern PART = Pattern.compile("(weight|priority)=(\\d{1,3})");

  /// Reads one line; blanks around it do not count.
  static Reading read(String line) {
    String[] parts = line.strip().split("\\s+", -1);
    String first = parts[0];
    if (first.startsWith("file:")) {
      // A path may have blanks.
      String path = line.strip().substring("file:".length());
      return path.isEmpty()
          ? new Reading.Wrong("file: needs a path")
          : new Reading.Read(new InFile(path));
    }
    if (first.startsWith("srv+")) {
      Matcher service = SERVICE.matcher(first);
      if (!service.matches()) {
        return new Reading.Wrong(
            "after srv+http:// or srv+https:// comes a name alone; its records say the port");
      }
      return parts.length > 1
          ? new Reading.Wrong("the records of an SRV name say weight and priority")
          : new Reading.Read(new Service(service.group(2), service.group(1).equals("https")));
    }
    return readOrigin(parts);
  }

  private static Reading readOrigin(String[] parts) {
    Origin origin;
    try {
      origin = Origin.parse(parts[0]);
    } catch (IllegalArgumentException e) {
      return new Reading.Wrong(MORE_THAN_A_HOST.matcher(parts[0]).matches() ? MORE : "");
    }
    int weight = 1;
    int priority = 1;
    for (int i = 1; i < parts.length; i++) {
      Matcher part = PART.matcher(parts[i]);
      if (!part.matches() || !isInBounds(Integer.parseInt(part.group(2)))) {
        return new Reading.Wrong(
            "\"" + parts[i] + "\" is neither weight=N nor priority=N with N from 1 to 100");
      }
      int number = Integer.parseInt(part.group(2));
      if (part.group(1).equals("weight")) {
        weight = number;
      } else {
        priority = number;
      }
    }
    ListedOrigin listed = new ListedOrigin(origin, weight, priority);
    return new Reading.Read(origin.isNamed() ? new Named(listed) : new Listed(listed));
  }

  private static boolean isInBounds(int number) {
    return number >= 1 && number <= 100;
  }
}
