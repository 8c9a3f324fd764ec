package io.forebay.server.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The signal that asks a server to read its settings again. The JDK has no supported way to hear
/// signals but a class of `sun.misc`, which is asked for by name, so that its absence costs the
/// signal only.
final class HangUp {

  private static final Logger log = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /// @param action called on a thread of the JVM's own, for each signal
  @SuppressWarnings("ReferenceEquality") // a handler equals itself alone
  static void onSignal(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler heard =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "the handler of SIGHUP";
              };
      Object listener =
          Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler}, heard);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), listener);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      log.atWarn().setCause(e).log("SIGHUP is not heard here; POST /v1/config:reload is");
    }
  }
}
