package io.forebay.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A real nginx in one process, which can be killed, stopped, and made to fail.
final class NginxOrigin implements AutoCloseable {

  private final String address;
  private final int port;
  private final Path folder;
  private Process process;

  /// @param folder of its own
  /// @param pages served from here
  NginxOrigin(String address, int port, Path folder, Path pages) throws Exception {
    this.address = address;
    this.port = port;
    this.folder = Files.createDirectories(folder);
    String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off; master_process off; %s pid %s/pid; error_log %s/error.log;
        events {}
        http {
          access_log off; default_type text/plain;
          client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/fastcgi;
          uwsgi_temp_path %s/uwsgi; scgi_temp_path %s/scgi;
          server {
            listen %s:%d; root %s;
            if (-f %s/errors) { return 500; }
            if (-f %s/closing) { return 444; }
            location /page/ { add_header Cache-Control "max-age=1, stale-if-error=600"; }
            location /strict/ { add_header Cache-Control "max-age=1, must-revalidate"; }
            location /live/ { add_header Cache-Control no-store; }
          }
        }
        """
            .formatted(
                user, folder, folder, folder, folder, folder, folder, folder, address, port, pages,
                folder, folder));
    this.process = start();
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder("nginx", "-c", folder.resolve("nginx.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          if (!started.isAlive()) {
            throw new IOException(Files.readString(folder.resolve("output")));
          }
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port));
            return true;
          } catch (IOException notYet) {
            return false;
          }
        });
    return started;
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = start();
  }

  /// Stops it as a debugger does: connections stay, and nothing is answered.
  void stop() throws Exception {
    signal("STOP");
  }

  void goOn() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  /// @param how `errors` for 500 to all, `closing` for no answer but the end of the connection
  void failBy(String how) throws IOException {
    Files.createFile(folder.resolve(how));
  }

  void failNoLonger(String how) throws IOException {
    Files.delete(folder.resolve(how));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
