package io.forebay.http.caching;

/// What keeps a response out of the store although it may be stored: the origin may have answered
/// another question than the URL seems to ask (web cache deception).
///
/// @param staticSuffix whether a response to a path that ends like a static file's is stored only
///   if its content is of such a type ([StaticSuffix])
/// @param ambiguousPaths what paths get that software reads in different ways
///   ([io.forebay.http.RequestForm#isAmbiguous])
public record StoreGuards(boolean staticSuffix, AmbiguousPaths ambiguousPaths) {

  public static final StoreGuards USUAL = new StoreGuards(true, AmbiguousPaths.EXPLICIT);

  /// What ambiguous paths get.
  public enum AmbiguousPaths {
    /// What any path gets.
    ALLOW,
    /// Only what the response itself says is followed: no rule of the operator's, and no guess,
    /// makes it storable or keeps it longer.
    EXPLICIT,
    /// They are passed on, and nothing is stored.
    PASS,
    /// A request with one gets 400.
    REFUSE
  }
}
