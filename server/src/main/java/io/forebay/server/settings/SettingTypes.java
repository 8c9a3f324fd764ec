package io.forebay.server.settings;

import static java.util.stream.Collectors.joining;

import io.forebay.backends.redis.RedisServer;
import io.forebay.proxy.listen.Network;
import io.forebay.server.audit.AuditDatabase;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The types that settings have.
final class SettingTypes {

  private SettingTypes() {}

  /// A type from its three parts; `read` answers empty for what it does not know.
  private record Simple<T>(
      String expectation, Function<String, Parsed<T>> read, Function<T, String> write)
      implements SettingType<T> {
    @Override
    public Parsed<T> parse(String text) {
      return read.apply(text.strip());
    }

    @Override
    public String render(T value) {
      return write.apply(value);
    }
  }

  static SettingType<Duration> duration(Duration least, Duration most) {
    return bounded(
        "a duration with its unit (ms, s, m, h or d), such as 30s",
        Durations::parse,
        Durations::render,
        least,
        most);
  }

  static SettingType<ByteSize> byteSize(ByteSize least, ByteSize most) {
    return bounded(
        "a size with its unit (B, KiB, MiB, GiB), such as 256MiB",
        ByteSize::parse,
        ByteSize::toString,
        least,
        most);
  }

  static SettingType<Long> integer(long least, long most) {
    return bounded(
        "a whole number", SettingTypes::wholeNumber, value -> Long.toString(value), least, most);
  }

  private static Optional<Long> wholeNumber(String text) {
    return Pattern.matches("-?\\d{1,18}", text)
        ? Optional.of(Long.parseLong(text))
        : Optional.empty();
  }

  private static <T extends Comparable<T>> SettingType<T> bounded(
      String form, Function<String, Optional<T>> read, Function<T, String> write, T least, T most) {
    String bounds = write.apply(least) + " to " + write.apply(most);
    return new Simple<>(
        form + ", from " + bounds,
        text -> {
          Optional<T> value = read.apply(text);
          if (value.isEmpty()) {
            return Parsed.bad();
          }
          T present = value.get();
          return present.compareTo(least) < 0 || present.compareTo(most) > 0
              ? Parsed.bad("it is out of bounds")
              : Parsed.good(present);
        },
        write);
  }

  static SettingType<Boolean> onOff() {
    return new Simple<>(
        "on or off",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "on", "true", "yes" -> Parsed.good(true);
              case "off", "false", "no" -> Parsed.good(false);
              default -> Parsed.bad();
            },
        value -> value ? "on" : "off");
  }

  static SettingType<HostAndPort> hostAndPort() {
    return new Simple<>(
        "an address and port, such as 127.0.0.1:9400 or [::1]:9400",
        text -> HostAndPort.parse(text).map(Parsed::good).orElseGet(Parsed::bad),
        HostAndPort::toString);
  }

  static SettingType<Network> network() {
    return new Simple<>(
        "an IP address or network, such as 127.0.0.1 or 10.0.0.0/8",
        text -> Network.parse(text).map(Parsed::good).orElseGet(Parsed::bad),
        Network::toString);
  }

  /// One of an enum's constants, written in lower case.
  static <E extends Enum<E>> SettingType<E> choice(Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    String names = constants.stream().map(SettingTypes::lowerCase).collect(joining(", "));
    return new Simple<>(
        "one of " + names,
        text ->
            constants.stream()
                .filter(constant -> lowerCase(constant).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .map(Parsed::good)
                .orElseGet(Parsed::bad),
        SettingTypes::lowerCase);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// Text that matches `form` whole.
  static SettingType<String> text(String expectation, Pattern form) {
    return new Simple<>(
        expectation,
        text -> form.matcher(text).matches() ? Parsed.good(text) : Parsed.bad(),
        value -> value);
  }

  /// Text that `read` knows how to read.
  static <T> SettingType<T> parsed(
      String expectation, Function<String, Optional<T>> read, Function<T, String> write) {
    return new Simple<>(
        expectation, text -> read.apply(text).map(Parsed::good).orElseGet(Parsed::bad), write);
  }

  /// An origin server: scheme, host, optional port; no path, query or user.
  static SettingType<URI> origin() {
    return new Simple<>(
        "an origin's address without a path, such as http://127.0.0.1:3000",
        SettingTypes::parseOrigin,
        URI::toString);
  }

  private static Parsed<URI> parseOrigin(String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean bare =
          uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      if (!http || uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
        return Parsed.bad();
      }
      if (!bare || !(path.isEmpty() || path.equals("/"))) {
        return Parsed.bad("it has a path, query or user");
      }
      return Parsed.good(path.isEmpty() ? uri : URI.create(text.substring(0, text.length() - 1)));
    } catch (URISyntaxException e) {
      return Parsed.bad();
    }
  }

  /// A PostgreSQL database.
  static SettingType<AuditDatabase.PostgreSql> postgreSql() {
    return new Simple<>(
        "a PostgreSQL URL, such as postgres://user:password@host:5432/database",
        text -> AuditDatabase.parse(text).map(Parsed::good).orElseGet(Parsed::bad),
        AuditDatabase.PostgreSql::toString);
  }

  /// Where a Redis is.
  static SettingType<RedisServer> redisServer() {
    return new Simple<>(
        "a Redis URL: redis://user:password@host:6379/0, rediss:// for TLS,"
            + " redis-sentinel://host:26379,host2#master, or redis-cluster://host:6379,host2",
        text -> RedisServer.parse(text).map(Parsed::good).orElseGet(Parsed::bad),
        RedisServer::toString);
  }

  /// As `type`, or nothing: its default is empty.
  static <T> SettingType<Optional<T>> optional(SettingType<T> type) {
    return new Simple<>(
        type.expectation(),
        text ->
            switch (type.parse(text)) {
              case Parsed.Good<T>(var value) -> Parsed.good(Optional.of(value));
              case Parsed.Bad<T>(var why) -> Parsed.bad(why);
            },
        value -> value.map(type::render).orElse(""));
  }

  /// A YAML sequence, or one text with commas.
  static <T> SettingType<List<T>> listOf(SettingType<T> element) {
    return new ListType<>(element);
  }

  private record ListType<T>(SettingType<T> element) implements SettingType<List<T>> {

    @Override
    public String expectation() {
      return "a list, each element " + element.expectation();
    }

    @Override
    public Parsed<List<T>> parse(String text) {
      return text.isBlank() ? Parsed.good(List.of()) : parseSequence(List.of(text.split(",", -1)));
    }

    @Override
    public Parsed<List<T>> parseSequence(List<String> texts) {
      List<T> values = new ArrayList<>();
      for (String text : texts) {
        switch (element.parse(text)) {
          case Parsed.Good<T>(var value) -> values.add(value);
          case Parsed.Bad<T>(var why) -> {
            return Parsed.bad("\"" + text + "\" is not" + (why.isEmpty() ? "" : ": " + why));
          }
        }
      }
      return Parsed.good(List.copyOf(values));
    }

    @Override
    public String render(List<T> values) {
      return values.stream().map(element::render).collect(joining(", "));
    }
  }
}
