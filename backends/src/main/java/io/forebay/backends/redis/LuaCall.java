package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// A script with what it is given. Redis is sent its name, and the source only if it does not know
/// it.
final class LuaCall {

  private final Script script;
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> arguments = new ArrayList<>();

  private LuaCall(Script script) {
    this.script = script;
  }

  static LuaCall of(Script script) {
    return new LuaCall(script);
  }

  LuaCall key(byte[] name) {
    keys.add(name);
    return this;
  }

  LuaCall argument(byte[] value) {
    arguments.add(value);
    return this;
  }

  LuaCall argument(String value) {
    return argument(value.getBytes(UTF_8));
  }

  LuaCall argument(long value) {
    return argument(Long.toString(value));
  }

  /// For scripts that answer with numbers only.
  CompletionStage<List<Long>> on(RedisSession session) {
    return this.<List<Long>>anyOn(session);
  }

  /// Numbers come as `Long`, texts as `byte[]`, lists as `List`.
  <T> CompletionStage<T> anyOn(RedisSession session) {
    byte[][] keyArray = keys.toArray(byte[][]::new);
    byte[][] argumentArray = arguments.toArray(byte[][]::new);
    CompletionStage<T> first =
        session.commands().evalsha(script.sha1(), ScriptOutputType.MULTI, keyArray, argumentArray);
    return first.exceptionallyCompose(failure -> {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return cause instanceof RedisNoScriptException
          ? session
              .commands()
              .eval(script.source(), ScriptOutputType.MULTI, keyArray, argumentArray)
          : CompletableFuture.failedFuture(cause);
    });
  }
}
