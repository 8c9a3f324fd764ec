package io.forebay.cache.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingTierTest {

  /// Else a default of [Tier] would stand in for what the other does.
  @Test
  void everyMethodIsForwarded() {
    List<String> forwarded = signatures(ForwardingTier.class);
    assertThat(forwarded).containsAll(signatures(Tier.class));
  }

  private static List<String> signatures(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && !Modifier.isStatic(method.getModifiers()))
        .map(ForwardingTierTest::signature)
        .toList();
  }

  private static String signature(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }
}
