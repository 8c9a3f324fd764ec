package io.forebay.server.cli;

import io.forebay.backends.redis.RedisKeys;
import io.forebay.backends.redis.RedisServer;
import io.forebay.server.api.Json;
import io.forebay.server.cli.ServerClient.Reply;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `forebay import`.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Restore a backup that `forebay export` made, or copy the strings of a Redis, to a running",
      "server. Needs the role write. What is there and newer stays; what was invalidated after the",
      "backup, or may have been, and what has expired, does not come back. To run it again does no",
      "harm."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  forebay import backup.ndjson.gz",
      "  forebay import --even-invalidated backup.ndjson.gz    after the server lost its log",
      "  forebay import --from-redis redis://10.0.0.5:6379/0 --match 'session:*' --into sessions"
    })
final class ImportCommand implements Callable<Integer> {

  /// Redis need not send longer ones.
  private static final long LONGEST_VALUE = 64L << 20;

  private static final Map<String, String> WORDS =
      Map.of(
          "restored", "restored",
          "kept", "kept what is there: it is as new or newer",
          "expired", "expired since",
          "invalidated", "invalidated since",
          "unproven", "perhaps invalidated since",
          "not_admitted", "not worth a place, by the cache's eviction policy",
          "rejected", "against the server's rules");

  @Mixin private ServerClient client = new ServerClient();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The backup, compressed or not; - for standard input.")
  private @Nullable String file;

  @Option(
      names = "--from-redis",
      paramLabel = "URL",
      description = "Copy the strings of this Redis, with what is left of their lifetimes.")
  private @Nullable String redis;

  @Option(
      names = "--match",
      paramLabel = "GLOB",
      description = "With --from-redis: only keys that match.")
  private @Nullable String match;

  @Option(names = "--into", paramLabel = "NAME", description = "Put everything into this cache.")
  private @Nullable String into;

  @Option(names = "--overwrite", description = "Replace what is newer, too.")
  private boolean overwrite;

  @Option(
      names = "--even-invalidated",
      description = "Bring back what was, or may have been, invalidated after the backup.")
  private boolean evenInvalidated;

  @Option(names = "--json", description = "Say what was done as JSON.")
  private boolean json;

  private final Terminal terminal;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if ((file == null) == (redis == null)) {
      return terminal.fail(
          ExitStatus.USAGE, "name a FILE (- for standard input), or --from-redis URL");
    }
    if (match != null && redis == null) {
      return terminal.fail(ExitStatus.USAGE, "--match goes with --from-redis");
    }
    try (BackupSource source = redis == null ? fromFile(String.valueOf(file)) : fromRedis(redis)) {
      return send(source);
    } catch (NoSuchFileException e) {
      return terminal.fail(ExitStatus.FAILED, "there is no file " + e.getFile());
    } catch (IOException e) {
      return terminal.fail(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    } catch (RedisKeys.Failed e) {
      return terminal.fail(ExitStatus.FAILED, "--from-redis: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return terminal.fail(ExitStatus.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private static BackupSource fromFile(String name) throws IOException {
    return new FileSource(name.equals("-") ? System.in : Files.newInputStream(Path.of(name)));
  }

  private BackupSource fromRedis(String url) throws RedisKeys.Failed, InterruptedException {
    RedisServer server =
        RedisServer.parse(url)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "--from-redis: expected redis://[user:password@]host[:port][/db]"));
    return new RedisSource(
        RedisKeys.open(server, Optional.ofNullable(match), LONGEST_VALUE),
        into == null ? "default" : into);
  }

  private String target() {
    List<String> query = new ArrayList<>(List.of("part=true"));
    if (into != null) {
      query.add("into=" + URLEncoder.encode(into, StandardCharsets.UTF_8));
    }
    if (overwrite) {
      query.add("overwrite=true");
    }
    if (evenInvalidated) {
      query.add("even_invalidated=true");
    }
    return "/v1/import?" + String.join("&", query);
  }

  private int send(BackupSource source) throws IOException, InterruptedException {
    var session = new ImportSession(client, terminal, target());
    Optional<Reply> refused = session.send(source);
    List<String> missing = new ArrayList<>();
    if (refused.isEmpty()) {
      missing.addAll(source.missing());
      missing.addAll(leftOut(session.counts()));
    }
    say(session, missing);
    if (refused.isPresent()) {
      return fail(refused.get(), session);
    }
    return missing.isEmpty() ? ExitStatus.OK.code() : ExitStatus.NOT_WHOLE.code();
  }

  /// What somebody has to know who believes that all of it is there now.
  private static List<String> leftOut(Map<String, Long> counts) {
    List<String> said = new ArrayList<>();
    long unproven = counts.getOrDefault("unproven", 0L);
    if (unproven > 0) {
      said.add(
          unproven
              + " left out: the server does not know whether they were invalidated after the"
              + " backup; --even-invalidated restores them");
    }
    for (String name : List.of("not_admitted", "rejected")) {
      long count = counts.getOrDefault(name, 0L);
      if (count > 0) {
        said.add(count + " left out: " + WORDS.get(name));
      }
    }
    return said;
  }

  private void say(ImportSession session, List<String> missing) {
    if (json) {
      Map<String, Object> said = new LinkedHashMap<>(session.counts());
      said.put("lines", session.lines());
      said.put("missing", missing);
      said.put("rejections", session.rejections());
      terminal.out().println(new String(Json.write(said), StandardCharsets.UTF_8));
    } else {
      session
          .counts()
          .forEach((name, count) -> {
            if (count > 0 || name.equals("restored")) {
              terminal.out().println(count + " " + WORDS.get(name));
            }
          });
      for (JsonNode rejection : session.rejections()) {
        terminal
            .err()
            .println(
                "forebay: "
                    + rejection.path("field").asString("")
                    + ": "
                    + rejection.path("detail").asString(""));
      }
    }
    terminal.out().flush();
    missing.forEach(sentence -> terminal.err().println("forebay: " + sentence));
  }

  /// Lines are numbered as in the file, and not as in the part that was sent.
  private int fail(Reply reply, ImportSession session) {
    if (reply instanceof Reply.Answered answered && answered.json().has("line")) {
      long line = answered.json().path("line").asLong();
      terminal
          .err()
          .println(
              "forebay: line "
                  + (line == 1 ? 1 : session.lines() + line - 1)
                  + " of the backup is where it stopped");
    }
    int status = ServerClient.fail(reply, terminal);
    if (reply instanceof Reply.Answered answered && answered.status() == 409) {
      terminal.err().println("forebay: on the command line that is --even-invalidated");
    }
    if (session.lines() > 1) {
      terminal
          .err()
          .println(
              "forebay: the backup is restored up to line "
                  + session.lines()
                  + "; run it again to go on");
    }
    return status;
  }
}
