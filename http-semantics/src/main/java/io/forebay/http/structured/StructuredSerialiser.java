package io.forebay.http.structured;

import io.forebay.http.FieldSyntax;
import io.forebay.http.structured.BareItem.BooleanItem;
import io.forebay.http.structured.BareItem.ByteSequence;
import io.forebay.http.structured.BareItem.DateItem;
import io.forebay.http.structured.BareItem.DecimalItem;
import io.forebay.http.structured.BareItem.DisplayString;
import io.forebay.http.structured.BareItem.IntegerItem;
import io.forebay.http.structured.BareItem.StringItem;
import io.forebay.http.structured.BareItem.TokenItem;
import io.forebay.http.structured.StructuredMember.InnerList;
import io.forebay.http.structured.StructuredMember.Item;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The algorithms of RFC 9651 §4.1. Appends; a value that cannot be written fails the whole.
final class StructuredSerialiser {

  private static final long LARGEST_INTEGER = 999_999_999_999_999L;
  private static final BigDecimal DECIMAL_BOUND = new BigDecimal("1000000000000");

  /// What cannot be written was met.
  static final class Unwritable extends Exception {
    private static final long serialVersionUID = 1;

    Unwritable(String rule) {
      super(rule, null, false, false);
    }
  }

  /// What is to be written.
  interface Work {
    void on(StructuredSerialiser serialiser) throws Unwritable;
  }

  private final StringBuilder out = new StringBuilder();

  private StructuredSerialiser() {}

  static Optional<String> serialise(Work work) {
    StructuredSerialiser serialiser = new StructuredSerialiser();
    try {
      work.on(serialiser);
    } catch (Unwritable unwritable) {
      return Optional.empty();
    }
    return Optional.of(serialiser.out.toString());
  }

  void list(List<StructuredMember> members) throws Unwritable {
    String separator = "";
    for (StructuredMember member : members) {
      out.append(separator);
      member(member);
      separator = ", ";
    }
  }

  void dictionary(Map<String, StructuredMember> members) throws Unwritable {
    String separator = "";
    for (Map.Entry<String, StructuredMember> entry : members.entrySet()) {
      out.append(separator);
      key(entry.getKey());
      StructuredMember member = entry.getValue();
      if (member instanceof Item(BooleanItem(boolean value), _) && value) {
        parameters(member.parameters());
      } else {
        out.append('=');
        member(member);
      }
      separator = ", ";
    }
  }

  void member(StructuredMember member) throws Unwritable {
    switch (member) {
      case Item item -> bareItem(item.value());
      case InnerList list -> {
        out.append('(');
        String separator = "";
        for (Item item : list.items()) {
          out.append(separator);
          member(item);
          separator = " ";
        }
        out.append(')');
      }
    }
    parameters(member.parameters());
  }

  private void parameters(Map<String, BareItem> parameters) throws Unwritable {
    for (Map.Entry<String, BareItem> parameter : parameters.entrySet()) {
      out.append(';');
      key(parameter.getKey());
      if (!parameter.getValue().equals(BooleanItem.TRUE)) {
        out.append('=');
        bareItem(parameter.getValue());
      }
    }
  }

  private void key(String key) throws Unwritable {
    boolean beginsWell =
        !key.isEmpty() && (key.charAt(0) == '*' || (key.charAt(0) >= 'a' && key.charAt(0) <= 'z'));
    if (!beginsWell || !key.chars().allMatch(c -> StructuredParser.isKeyCharacter((char) c))) {
      throw new Unwritable("not a key");
    }
    out.append(key);
  }

  private void bareItem(BareItem item) throws Unwritable {
    switch (item) {
      case IntegerItem(long value) -> integer(value);
      case DecimalItem(BigDecimal value) -> decimal(value);
      case StringItem(String value) -> string(value);
      case TokenItem(String value) -> token(value);
      case ByteSequence(String bytes) ->
          out.append(':')
              .append(
                  Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1)))
              .append(':');
      case BooleanItem(boolean value) -> out.append(value ? "?1" : "?0");
      case DateItem(long epochSecond) -> {
        out.append('@');
        integer(epochSecond);
      }
      case DisplayString(String value) -> displayString(value);
    }
  }

  private void integer(long value) throws Unwritable {
    if (value > LARGEST_INTEGER || value < -LARGEST_INTEGER) {
      throw new Unwritable("more than 15 digits");
    }
    out.append(value);
  }

  /// §4.1.5: rounded to three places, to the even one when in the middle; one place at least.
  private void decimal(BigDecimal value) throws Unwritable {
    BigDecimal rounded = value.setScale(3, RoundingMode.HALF_EVEN);
    if (rounded.abs().compareTo(DECIMAL_BOUND) >= 0) {
      throw new Unwritable("more than 12 digits before the point");
    }
    BigDecimal shortest = rounded.stripTrailingZeros();
    out.append(shortest.setScale(Math.max(1, shortest.scale())).toPlainString());
  }

  private void string(String value) throws Unwritable {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        throw new Unwritable("a string is printable ASCII");
      }
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }

  private void token(String value) throws Unwritable {
    boolean beginsWell = !value.isEmpty() && (value.charAt(0) == '*' || isLetter(value.charAt(0)));
    if (!beginsWell || !value.chars().allMatch(c -> isTokenCharacter((char) c))) {
      throw new Unwritable("not a token");
    }
    out.append(value);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isTokenCharacter(char c) {
    return FieldSyntax.isTokenCharacter(c) || c == ':' || c == '/';
  }

  private void displayString(String value) {
    out.append("%\"");
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (b < ' ' || b > '~' || b == '%' || b == '"') {
        out.append('%').append(HexFormat.of().toHexDigits(b));
      } else {
        out.append((char) b);
      }
    }
    out.append('"');
  }
}
