package io.forebay.server.compat;

import io.forebay.server.api.ApiListener;
import io.forebay.server.compat.ForeignSystem.Door;
import io.forebay.server.settings.HostAndPort;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// Further listeners of the API, one for each port that a text prints: all lead to the same routes.
public final class Doors {

  private final Map<Door, ApiListener> listeners = new EnumMap<>(Door.class);

  /// A door that could not be opened.
  public static final class Blocked extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Door door;
    private final transient HostAndPort address;
    private final transient ExecutionException why;

    Blocked(Door door, HostAndPort address, ExecutionException why) {
      super(why);
      this.door = door;
      this.address = address;
      this.why = why;
    }

    /// The setting that says where it is.
    public String setting() {
      return "compat." + door.text() + "_port";
    }

    public HostAndPort address() {
      return address;
    }

    public ExecutionException why() {
      return why;
    }
  }

  private final Map<Door, HostAndPort> wanted;

  /// @param listener makes one that is not yet listening
  public Doors(Map<Door, HostAndPort> wanted, Function<HostAndPort, ApiListener> listener) {
    this.wanted = wanted.isEmpty() ? Map.of() : new EnumMap<>(wanted);
    this.wanted.forEach((door, address) -> listeners.put(door, listener.apply(address)));
  }

  /// Opens all; waits until they are.
  ///
  /// @return the addresses in use
  /// @throws Blocked for the first that could not be; those before it are open
  public Map<Door, HostAndPort> open() throws Blocked, InterruptedException {
    Map<Door, HostAndPort> open = new EnumMap<>(Door.class);
    for (var listener : listeners.entrySet()) {
      try {
        open.put(listener.getKey(), listener.getValue().start());
      } catch (ExecutionException e) {
        HostAndPort address = wanted.getOrDefault(listener.getKey(), new HostAndPort("", 0));
        throw new Blocked(listener.getKey(), address, e);
      }
    }
    return open;
  }

  /// As [ApiListener#stop], all at one time.
  public void close(Duration grace) throws InterruptedException {
    var threads =
        listeners.values().stream()
            .map(listener ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        listener.stop(grace);
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
