"""The servers, each as its own documentation would have it for this work: one worker on one core."""
import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from . import tools

ROOT = Path(__file__).resolve().parent.parent.parent
# As root, nginx's workers would else become a user that cannot read our folder.
NGINX_USER = "user root;" if os.geteuid() == 0 else ""


class CannotStart(Exception):
    pass


@dataclass
class Server:
    """ports: by protocol (h1, h2, tls); by_path: ports of paths that another port answers."""

    name: str
    process: subprocess.Popen
    ports: dict
    log: Path
    by_path: dict = field(default_factory=dict)

    @property
    def pid(self):
        return self.process.pid

    def url(self, scenario, path=None):
        path = path or scenario.paths[0]
        scheme = "https" if scenario.protocol == "tls" else "http"
        port = self.by_path.get(path, self.ports[scenario.protocol])
        return f"{scheme}://127.0.0.1:{port}{path}"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Origin:
    """nginx, beside the load: pages that may be kept for an hour, and one that may not be kept."""

    def __init__(self, options, work):
        self.port = tools.free_port()
        www = work / "www"
        www.mkdir()
        (www / "1k").write_bytes(b"x" * 1024)
        (www / "64k").write_bytes(b"x" * 65536)
        config = work / "origin.conf"
        config.write_text(f"""
daemon off; {NGINX_USER} pid {work}/origin.pid; error_log {work}/origin-error.log; worker_processes 1;
events {{ worker_connections 4096; }}
http {{ access_log off; default_type text/html; keepalive_requests 1000000000; open_file_cache max=100; root {www};
  server {{ listen 127.0.0.1:{self.port};
    location / {{ expires 1h; }}
    location /p/ {{ rewrite ^ /1k break; expires 1h; }}
    location /pass {{ rewrite ^ /1k break; add_header Cache-Control no-store; }}
    location /figures {{ stub_status; }} }} }}
""")
        self.process = tools.pinned(options.load_core, ["nginx", "-c", config], work / "origin.log")
        while not tools.listens(self.port):
            if self.process.poll() is not None:
                raise CannotStart("the origin: " + (work / "origin.log").read_text())
            time.sleep(0.05)

    def requests(self):
        """Requests it has had so far, this question included."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/figures") as answer:
            return int(answer.read().split()[9])

    def stop(self):
        self.process.terminate()
        self.process.wait()


def certificate(work):
    """A self-signed certificate and its key."""
    made = work / "tls.crt", work / "tls.key"
    if not made[0].exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-out", made[0], "-keyout", made[1]], check=True, capture_output=True)
    return made


def nginx(name, options, work, origin):
    ports = {protocol: tools.free_port() for protocol in ("h1", "h2", "tls")}
    crt, key = certificate(work)
    files = "open_file_cache max=20000 inactive=1h; open_file_cache_valid 1h;" if name == "nginx-ofc" else ""
    config = work / f"{name}.conf"
    config.write_text(f"""
daemon off; {NGINX_USER} pid {work}/{name}.pid; error_log {work}/{name}-error.log; worker_processes 1;
events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000000; {files}
  proxy_cache_path {work}/{name}-pages levels=1:2 keys_zone=pages:64m inactive=1h;
  upstream origin {{ server 127.0.0.1:{origin.port}; keepalive 64; keepalive_requests 1000000000; }}
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
  server {{
    listen 127.0.0.1:{ports["h1"]}; listen 127.0.0.1:{ports["h2"]} http2; listen 127.0.0.1:{ports["tls"]} ssl;
    ssl_certificate {crt}; ssl_certificate_key {key};
    http2_max_requests 1000000000;
    location / {{ proxy_pass http://origin; proxy_cache pages; }}
    location /pass {{ proxy_pass http://origin; }}
    location /figures {{ stub_status; }} }} }}
""")
    log = work / f"{name}.log"
    return Server(name, tools.pinned(options.server_core, ["nginx", "-c", config], log), ports, log)


def haproxy(name, options, work, origin):
    ports = {protocol: tools.free_port() for protocol in ("h1", "h2", "tls")}
    crt, key = certificate(work)
    both = work / "tls.pem"
    both.write_text(crt.read_text() + key.read_text())
    config = work / f"{name}.cfg"
    config.write_text(f"""
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
cache pages
  total-max-size 512
  max-object-size 1000000
  max-age 3600
frontend clients
  bind 127.0.0.1:{ports["h1"]}
  bind 127.0.0.1:{ports["h2"]} proto h2
  bind 127.0.0.1:{ports["tls"]} ssl crt {both}
  default_backend kept
  use_backend passed if {{ path /pass }}
backend kept
  http-request cache-use pages
  http-response cache-store pages
  server origin 127.0.0.1:{origin.port}
backend passed
  http-reuse always
  server origin 127.0.0.1:{origin.port}
""")
    log = work / f"{name}.log"
    return Server(name, tools.pinned(options.server_core, ["haproxy", "-f", config], log), ports, log)


def varnish(name, options, work, origin):
    port = tools.free_port()
    vcl = work / "varnish.vcl"
    vcl.write_text(f"""vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{origin.port}"; }}
sub vcl_recv {{ if (req.url == "/pass") {{ return (pass); }} }}
""")
    log = work / f"{name}.log"
    process = tools.pinned(
        options.server_core,
        ["varnishd", "-F", "-j", "none", "-a", f"127.0.0.1:{port}", "-f", vcl, "-n", work / "varnish", "-s", "malloc,512m",
         "-p", "feature=+http2", "-p", "thread_pools=1"], log)
    return Server(name, process, {"h1": port, "h2": port}, log)


def forebay(name, options, work, origin):
    port, tls_port = tools.free_port(), tools.free_port()
    crt, key = certificate(work)
    config = work / f"{name}.yaml"
    config.write_text(f"""
api: {{ listen: "127.0.0.1:{tools.free_port()}" }}
data: {{ dir: "{work}/{name}-data" }}
log: {{ exchanges: "off" }}
proxy:
  origin: "http://127.0.0.1:{origin.port}"
  listen: "127.0.0.1:{port}"
  tls:
    listen: "127.0.0.1:{tls_port}"
    certificates: [{{ certificate: "{crt}", key: "{key}" }}]
""")
    log = work / f"{name}.log"
    process = tools.pinned(options.server_core, [options.forebay, "serve", "--config", config], log)
    return Server(name, process, {"h1": port, "h2": port, "tls": tls_port}, log)


def floor(name, options, work, origin):
    ports = tools.free_port(), tools.free_port()
    jars = ROOT / "server" / "target" / "lib"
    source = ROOT / "benchmarks/src/main/java/io/forebay/benchmarks/proxy/Floor.java"
    home = subprocess.run(["bash", "-c", ". scripts/jdk.sh && find_jdk_25 && echo $JAVA_HOME"], cwd=ROOT, capture_output=True, text=True)
    if home.returncode != 0:
        raise CannotStart(home.stderr.strip())
    if not jars.is_dir():  # the launcher builds
        subprocess.run([options.forebay, "--version"], check=True, stdout=subprocess.DEVNULL)
    java = Path(home.stdout.strip()) / "bin" / "java"
    log = work / f"{name}.log"
    process = tools.pinned(
        options.server_core,
        [java, "-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
         "-cp", f"{jars}/*", source, f"{ports[0]}=1024", f"{ports[1]}=65536"], log)
    return Server(name, process, {"h1": ports[0]}, log, {"/64k": ports[1]})


STARTS = {
    "floor": floor, "nginx": nginx, "nginx-ofc": nginx, "haproxy": haproxy, "varnish": varnish, "forebay": forebay,
}


def start(name, protocol, options, work, origin):
    """Starts a server and waits until it takes connections; `CannotStart` says what its log ends with."""
    server = STARTS[name](name, options, work, origin)
    deadline = time.monotonic() + 120  # a first start of Forebay builds it
    port = server.ports[protocol]
    while time.monotonic() < deadline and server.process.poll() is None:
        if tools.listens(port):
            return server
        time.sleep(0.05)
    server.stop()
    lines = server.log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
    raise CannotStart(lines[-1])
