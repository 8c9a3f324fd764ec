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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The algorithms of RFC 9651 §4.2, one method each, over one position in the text.
final class StructuredParser {

  /// The text breaks a rule; without a stack trace, as fields of strangers are parsed all the time.
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String rule) {
      super(rule, null, false, false);
    }
  }

  private static final int MAX_INTEGER_DIGITS = 15;
  private static final int MAX_DECIMAL_INTEGER_DIGITS = 12;
  private static final int MAX_FRACTION_DIGITS = 3;
  private static final char END = '\uffff';

  private final String text;
  private int position;

  StructuredParser(String text) {
    this.text = text;
  }

  boolean isAtEnd() {
    return position >= text.length();
  }

  /// The character here, or [#END].
  private char here() {
    return isAtEnd() ? END : text.charAt(position);
  }

  void skipSpaces() {
    while (here() == ' ') {
      position++;
    }
  }

  private void skipOptionalWhitespace() {
    while (FieldSyntax.isWhitespace(here())) {
      position++;
    }
  }

  private void expect(char c) throws Malformed {
    if (here() != c) {
      throw new Malformed("expected " + c);
    }
    position++;
  }

  /// §4.2.1.
  List<StructuredMember> list() throws Malformed {
    List<StructuredMember> members = new ArrayList<>();
    while (!isAtEnd()) {
      members.add(itemOrInnerList());
      if (!nextMember()) {
        break;
      }
    }
    return members;
  }

  /// §4.2.2.
  Map<String, StructuredMember> dictionary() throws Malformed {
    Map<String, StructuredMember> members = new LinkedHashMap<>();
    while (!isAtEnd()) {
      String key = key();
      StructuredMember member;
      if (here() == '=') {
        position++;
        member = itemOrInnerList();
      } else {
        member = new Item(BooleanItem.TRUE, parameters());
      }
      members.put(key, member);
      if (!nextMember()) {
        break;
      }
    }
    return members;
  }

  /// Passes the comma between two members; false at the end of the field.
  private boolean nextMember() throws Malformed {
    skipOptionalWhitespace();
    if (isAtEnd()) {
      return false;
    }
    expect(',');
    skipOptionalWhitespace();
    if (isAtEnd()) {
      throw new Malformed("a trailing comma");
    }
    return true;
  }

  /// §4.2.1.1.
  private StructuredMember itemOrInnerList() throws Malformed {
    return here() == '(' ? innerList() : item();
  }

  /// §4.2.1.2.
  private InnerList innerList() throws Malformed {
    expect('(');
    List<Item> items = new ArrayList<>();
    while (!isAtEnd()) {
      skipSpaces();
      if (here() == ')') {
        position++;
        return new InnerList(items, parameters());
      }
      items.add(item());
      if (here() != ' ' && here() != ')') {
        throw new Malformed("items of an inner list are separated by spaces");
      }
    }
    throw new Malformed("an inner list does not end");
  }

  /// §4.2.3.
  Item item() throws Malformed {
    BareItem value = bareItem();
    return new Item(value, parameters());
  }

  /// §4.2.3.1.
  private BareItem bareItem() throws Malformed {
    char c = here();
    if (c == '-' || FieldSyntax.isDigit(c)) {
      return number();
    }
    return switch (c) {
      case '"' -> string();
      case ':' -> byteSequence();
      case '?' -> booleanItem();
      case '@' -> date();
      case '%' -> displayString();
      default -> token();
    };
  }

  /// §4.2.3.2.
  private Map<String, BareItem> parameters() throws Malformed {
    if (here() != ';') {
      return Map.of();
    }
    Map<String, BareItem> parameters = new LinkedHashMap<>();
    while (here() == ';') {
      position++;
      skipSpaces();
      String key = key();
      BareItem value = BooleanItem.TRUE;
      if (here() == '=') {
        position++;
        value = bareItem();
      }
      parameters.put(key, value);
    }
    return parameters;
  }

  /// §4.2.3.3.
  private String key() throws Malformed {
    int start = position;
    if (!(isLowerCaseLetter(here()) || here() == '*')) {
      throw new Malformed("a key begins with a lower case letter or *");
    }
    while (isKeyCharacter(here())) {
      position++;
    }
    return text.substring(start, position);
  }

  private static boolean isLowerCaseLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isKeyCharacter(char c) {
    return isLowerCaseLetter(c) || FieldSyntax.isDigit(c) || "_-.*".indexOf(c) >= 0;
  }

  /// §4.2.4.
  private BareItem number() throws Malformed {
    int start = position;
    if (here() == '-') {
      position++;
    }
    int integerDigits = digits();
    if (integerDigits == 0) {
      throw new Malformed("a number needs a digit");
    }
    if (here() != '.') {
      if (integerDigits > MAX_INTEGER_DIGITS) {
        throw new Malformed("an integer has at most 15 digits");
      }
      return new IntegerItem(Long.parseLong(text.substring(start, position)));
    }
    position++;
    int fractionDigits = digits();
    if (integerDigits > MAX_DECIMAL_INTEGER_DIGITS
        || fractionDigits == 0
        || fractionDigits > MAX_FRACTION_DIGITS) {
      throw new Malformed("a decimal has at most 12 digits, a point, and one to three digits");
    }
    return new DecimalItem(new BigDecimal(text.substring(start, position)));
  }

  private int digits() {
    int start = position;
    while (FieldSyntax.isDigit(here())) {
      position++;
    }
    return position - start;
  }

  /// §4.2.5.
  private StringItem string() throws Malformed {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (!isAtEnd()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return new StringItem(value.toString());
      }
      if (c == '\\') {
        c = here();
        position++;
        if (c != '"' && c != '\\') {
          throw new Malformed("only a quote or a backslash is escaped");
        }
      } else if (c < ' ' || c > '~') {
        throw new Malformed("a string is printable ASCII");
      }
      value.append(c);
    }
    throw new Malformed("a string does not end");
  }

  /// §4.2.6.
  private TokenItem token() throws Malformed {
    char first = here();
    boolean isLetter = (first >= 'A' && first <= 'Z') || isLowerCaseLetter(first);
    if (!isLetter && first != '*') {
      throw new Malformed("no item begins like this");
    }
    int start = position;
    while (FieldSyntax.isTokenCharacter(here()) || here() == ':' || here() == '/') {
      position++;
    }
    return new TokenItem(text.substring(start, position));
  }

  /// §4.2.7.
  private ByteSequence byteSequence() throws Malformed {
    expect(':');
    int end = text.indexOf(':', position);
    if (end < 0) {
      throw new Malformed("a byte sequence does not end");
    }
    String base64 = text.substring(position, end);
    position = end + 1;
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return new ByteSequence(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException notBase64) {
      throw new Malformed("a byte sequence is base64");
    }
  }

  /// §4.2.8.
  private BooleanItem booleanItem() throws Malformed {
    expect('?');
    char c = here();
    position++;
    return switch (c) {
      case '1' -> BooleanItem.TRUE;
      case '0' -> BooleanItem.FALSE;
      default -> throw new Malformed("a boolean is 0 or 1");
    };
  }

  /// §4.2.9.
  private DateItem date() throws Malformed {
    expect('@');
    return switch (number()) {
      case IntegerItem seconds -> new DateItem(seconds.value());
      default -> throw new Malformed("a date has no fraction");
    };
  }

  /// §4.2.10.
  private DisplayString displayString() throws Malformed {
    expect('%');
    expect('"');
    ByteBuffer bytes = ByteBuffer.allocate(text.length() - position);
    while (!isAtEnd()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return new DisplayString(decoded(bytes.flip()));
      }
      if (c < ' ' || c > '~') {
        throw new Malformed("a display string is printable ASCII");
      }
      bytes.put(c == '%' ? escapedByte() : (byte) c);
    }
    throw new Malformed("a display string does not end");
  }

  private byte escapedByte() throws Malformed {
    if (position + 2 > text.length()) {
      throw new Malformed("an escape is cut off");
    }
    int high = lowerCaseHex(text.charAt(position));
    int low = lowerCaseHex(text.charAt(position + 1));
    if (high < 0 || low < 0) {
      throw new Malformed("an escape is two lower case hex digits");
    }
    position += 2;
    return (byte) (high << 4 | low);
  }

  private static int lowerCaseHex(char c) {
    return "0123456789abcdef".indexOf(c);
  }

  private static String decoded(ByteBuffer bytes) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new Malformed("a display string is UTF-8");
    }
  }
}
