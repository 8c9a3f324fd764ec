package io.forebay.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccessPolicyTest {

  private static final AccessPolicy OPEN =
      new AccessPolicy(new TokenRegistry(List.of()), List.of("cache.example"), List.of());

  private static String outcome(AccessDecision decision) {
    return switch (decision) {
      case AccessDecision.Granted ignored -> "granted";
      case AccessDecision.Refused(var reason, _) -> reason.name();
    };
  }

  private static AccessRequest request(@Nullable String host, @Nullable String origin) {
    return new AccessRequest(
        Optional.ofNullable(host),
        Optional.ofNullable(origin),
        Optional.empty(),
        Optional.of(Role.READ));
  }

  @ParameterizedTest(name = "{0} → {1}")
  @CsvSource(
      nullValues = "-",
      value = {
        "localhost, granted",
        "LOCALHOST:9400, granted",
        "127.0.0.1:9400, granted",
        "[::1]:9400, granted",
        "192.168.0.7, granted",
        "cache.example:9400, granted",
        "-, granted",
        "evil.example, HOST",
        "localhost.evil.example, HOST",
        "127.0.0.1.evil.example, HOST",
        "xcache.example, HOST",
        "'', HOST",
        "local host, HOST",
        "localhost:9400:1, HOST",
        "user@localhost, HOST"
      })
  void onlyAddressesAndOurNamesAreAnswered(@Nullable String host, String outcome) {
    assertThat(outcome(OPEN.decide(request(host, null)))).isEqualTo(outcome);
  }

  @ParameterizedTest(name = "{0} → {1}")
  @CsvSource({
    "http://localhost:9400, granted",
    "https://localhost:9400, granted",
    "http://localhost, ORIGIN",
    "http://localhost:9401, ORIGIN",
    "null, ORIGIN",
    "http://evil.example, ORIGIN",
    "http://localhost:9400.evil.example, ORIGIN",
    "'', ORIGIN"
  })
  void onlyOurOwnPagesMayCall(String origin, String outcome) {
    assertThat(outcome(OPEN.decide(request("localhost:9400", origin)))).isEqualTo(outcome);
  }

  @Test
  void aListedOriginMayCall() {
    var policy =
        new AccessPolicy(new TokenRegistry(List.of()), List.of(), List.of("https://admin.example"));
    assertThat(outcome(policy.decide(request("localhost", "https://ADMIN.example"))))
        .isEqualTo("granted");
    assertThat(outcome(policy.decide(request("localhost", "http://admin.example"))))
        .isEqualTo("ORIGIN");
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void aTokenMayDoWhatItsRolesInclude(Role held) {
    var token = NewToken.create();
    var policy =
        new AccessPolicy(
            new TokenRegistry(List.of(new TokenRegistry.Grant("t", Set.of(held), token.sha256()))),
            List.of(),
            List.of());
    for (Role needed : Role.values()) {
      String expected =
          held == Role.ADMIN || held == needed || needed == Role.READ ? "granted" : "ROLE";
      assertThat(outcome(policy.decide(bearing("Bearer " + token.secret(), needed))))
          .as("%s asks for %s", held, needed)
          .isEqualTo(expected);
    }
  }

  private static AccessRequest bearing(@Nullable String authorization, Role needed) {
    return new AccessRequest(
        Optional.of("any.example"),
        Optional.empty(),
        Optional.ofNullable(authorization),
        Optional.of(needed));
  }

  @Test
  void withoutTheRightTokenNothingIsGranted() {
    var token = NewToken.create();
    var policy =
        new AccessPolicy(
            new TokenRegistry(
                List.of(new TokenRegistry.Grant("t", Set.of(Role.ADMIN), token.sha256()))),
            List.of(),
            List.of());
    assertThat(outcome(policy.decide(bearing(null, Role.READ)))).isEqualTo("TOKEN_MISSING");
    assertThat(outcome(policy.decide(bearing("Basic x", Role.READ)))).isEqualTo("TOKEN_MISSING");
    assertThat(outcome(policy.decide(bearing("Bearer", Role.READ)))).isEqualTo("TOKEN_MISSING");
    assertThat(outcome(policy.decide(bearing("Bearer ", Role.READ)))).isEqualTo("TOKEN_UNKNOWN");
    assertThat(outcome(policy.decide(bearing("Bearer " + token.sha256(), Role.READ))))
        .isEqualTo("TOKEN_UNKNOWN");
    assertThat(outcome(policy.decide(bearing("bearer " + token.secret(), Role.READ))))
        .isEqualTo("granted");
    assertThat(
            policy.decide(
                new AccessRequest(
                    Optional.of("any.example"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty())))
        .isEqualTo(new AccessDecision.Granted(Principal.ANYONE));
  }

  @Test
  void newTokensDifferAndNeverShowTheirSecret() {
    var one = NewToken.create();
    assertThat(one.secret())
        .matches("fb_[A-Za-z0-9_-]{43}")
        .isNotEqualTo(NewToken.create().secret());
    assertThat(one.toString()).doesNotContain(one.secret());
  }
}
