package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedSet;
import java.util.TreeSet;

/// Tells apart the responses stored for one URI (RFC 9111 §4.1).
public final class VariantKey {

  /// A longer key is replaced by its digest.
  private static final int MAX_LENGTH = 200;

  private VariantKey() {}

  /// Whether no request ever matches: a member of `Vary` is `*`, or cannot be read.
  public static boolean matchesNothing(HttpFields responseFields) {
    if (!responseFields.contains("Vary")) {
      return false;
    }
    for (String member : FieldSyntax.listMembers(responseFields, "Vary")) {
      if (member.equals("*") || !FieldSyntax.isToken(member)) {
        return true;
      }
    }
    return false;
  }

  /// Two requests have the same key exactly when the response's `Vary` lets one's response answer
  /// the other. At most 200 characters; empty when the response does not vary.
  public static String of(HttpFields responseFields, HttpFields requestFields) {
    if (!responseFields.contains("Vary")) {
      return "";
    }
    StringBuilder key = new StringBuilder();
    for (String name : selectingFields(responseFields)) {
      key.append(name);
      if (requestFields.contains(name)) {
        key.append(':').append(SelectingField.normalised(name, requestFields));
      }
      key.append('\n');
    }
    return key.length() <= MAX_LENGTH ? key.toString() : digest(key);
  }

  /// The fields that `Vary` names, in lower case and alphabetical order, each once.
  private static SortedSet<String> selectingFields(HttpFields responseFields) {
    SortedSet<String> names = new TreeSet<>();
    for (String member : FieldSyntax.listMembers(responseFields, "Vary")) {
      names.add(FieldSyntax.lowerCase(member));
    }
    return names;
  }

  static String digest(CharSequence key) {
    try {
      byte[] bytes = key.toString().getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256 " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }
}
