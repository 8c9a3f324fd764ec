package io.forebay.http;

import java.util.List;
import java.util.Set;

/// Request fields that change what some origins answer although they are in no cache key: a client
/// could have one page stored under another's URL (web cache poisoning). They are not passed on
/// unless they are part of the key, or the operator vouches for them.
public final class UnkeyedFields {

  /// Those known from published attacks, by whom they are heeded: IIS and Symfony, frameworks
  /// behind several proxies, method overrides, and others.
  public static final List<String> KNOWN =
      List.of(
          "Forwarded",
          "X-Forwarded-Host",
          "X-Original-URL",
          "X-Rewrite-URL",
          "X-Override-URL",
          "X-Original-Host",
          "X-Original-URI",
          "X-Host",
          "X-Forwarded-Server",
          "X-Forwarded-Port",
          "X-Forwarded-Scheme",
          "X-Forwarded-Prefix",
          "X-Forwarded-Path",
          "X-Forwarded-Uri",
          "X-Forwarded-Ssl",
          "X-HTTP-Host-Override",
          "X-Url-Scheme",
          "X-Scheme",
          "Front-End-Https",
          "X-HTTP-Method-Override",
          "X-HTTP-Method",
          "X-Method-Override",
          "X-HTTP-Status-Code-Override",
          "X-Middleware-Subrequest",
          "X-Middleware-Prefetch",
          "X-Amz-Website-Redirect-Location",
          "Base-Url");

  /// What a form or an old client says in place of the method; has its use with unsafe methods,
  /// whose responses nobody else gets.
  private static final Set<String> METHOD_OVERRIDES =
      Set.of("x-http-method-override", "x-http-method", "x-method-override");

  private UnkeyedFields() {}

  /// The fields without those.
  ///
  /// @param unkeyed names in lower case
  public static HttpFields without(HttpFields fields, boolean isSafe, Set<String> unkeyed) {
    for (FieldLine line : fields) {
      if (isUnwanted(line, isSafe, unkeyed)) {
        return fields.without(candidate -> isUnwanted(candidate, isSafe, unkeyed));
      }
    }
    return fields;
  }

  /// Whether the request asks the origin to take it for another method's.
  public static boolean overrideMethod(HttpFields fields) {
    return METHOD_OVERRIDES.stream().anyMatch(fields::contains);
  }

  private static boolean isUnwanted(FieldLine line, boolean isSafe, Set<String> unkeyed) {
    String name = FieldSyntax.lowerCase(line.name());
    return unkeyed.contains(name) && (isSafe || !METHOD_OVERRIDES.contains(name));
  }
}
