package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterMapTest {

  private static final String BEFORE =
      """
      a1 10.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-8191 [93-<-b1]
      b1 10.0.0.2:7000@17000,name.example master - 0 1 2 connected 8192-16382 16383
      a2 10.0.0.3:7000@17000 slave a1 0 1 1 connected
      c1 :0@0 master,noaddr - 0 1 0 disconnected
      """;

  private static final String AFTER =
      """
      a1 10.0.0.1:7000@17000 master,fail - 0 0 1 disconnected
      b1 10.0.0.2:7000@17000 myself,master - 0 1 2 connected 8192-16383
      a2 10.0.0.3:7000@17000 master - 0 1 3 connected 0-8191
      """;

  private static ClusterMap.Address at(String host) {
    return new ClusterMap.Address(host, 7000);
  }

  @Test
  void everySlotHasItsMaster() {
    ClusterMap map = ClusterMap.of(List.of(BEFORE));
    assertThat(map.master(0)).contains(at("10.0.0.1"));
    assertThat(map.master(8191)).contains(at("10.0.0.1"));
    assertThat(map.master(8192)).contains(at("10.0.0.2"));
    assertThat(map.master(16383)).contains(at("10.0.0.2"));
    assertThat(map.masters()).containsExactlyInAnyOrder(at("10.0.0.1"), at("10.0.0.2"));
    assertThat(map.known()).contains(at("10.0.0.3")).hasSize(3);
  }

  @Test
  void theClaimOfTheNewerConfigurationHoldsWhoeverIsHeardFirst() {
    for (List<String> answers : List.of(List.of(BEFORE, AFTER), List.of(AFTER, BEFORE))) {
      ClusterMap map = ClusterMap.of(answers);
      assertThat(map.master(5)).contains(at("10.0.0.3"));
      assertThat(map.masters()).containsExactlyInAnyOrder(at("10.0.0.3"), at("10.0.0.2"));
    }
  }

  @Test
  void slotsThatNobodyHasHaveNoMaster() {
    assertThat(ClusterMap.of(List.of("x 10.0.0.1:7000@17000 master - 0 0 1 connected 7")).master(8))
        .isEmpty();
    assertThat(ClusterMap.of(List.of()).master(0)).isEmpty();
  }
}
