"""Runs the checks against a server, and says for each line of the matrix how it went."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PRINTED = os.path.join(HERE, "printed")
PORTS = (9400, 8080, 8000, 9401, 9402, 9403, 3000)
DOORS = {8080: "cache", 8000: "application", 9401: "invalidation", 9402: "warming", 9403: "monitoring",
         3000: "dashboard"}
PATIENCE_SECONDS = 30
CHECKS = []


class Failed(Exception):
    pass


def check(*lines):
    def note(function):
        CHECKS.append((lines, function))
        return function
    return note


# ---- what an answer has to be

class Kind:
    def __init__(self, name, fits):
        self.name = name
        self.fits = fits

    def __repr__(self):
        return self.name


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


ANY = Kind("anything", lambda value: True)
INT = WHOLE = Kind("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
NUMBER = Kind("a number", is_number)
TEXT = Kind("a text", lambda value: isinstance(value, str) and value != "")
TIME = Kind("an RFC 3339 time in UTC", lambda value: isinstance(value, str) and re.fullmatch(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None)


def seconds_left(most=10 ** 9):
    return Kind("1 to %d whole seconds" % most, lambda value: INT.fits(value) and 1 <= value <= most)


def fits(value, expected, whole, path):
    if isinstance(expected, Kind):
        if not expected.fits(value):
            raise Failed("%s is %r, expected %r" % (path or "the answer", value, expected))
    elif isinstance(expected, dict) and isinstance(value, dict):
        missing = set(expected) - set(value)
        more = set(value) - set(expected) if whole else set()
        if missing or more:
            raise Failed("%s lacks %s, has besides %s" % (path or "the answer", sorted(missing), sorted(more)))
        for name, inner in expected.items():
            fits(value[name], inner, whole, path + "." + name)
    elif isinstance(expected, list) and isinstance(value, list) and len(expected) == len(value):
        for i, inner in enumerate(expected):
            fits(value[i], inner, whole, "%s[%d]" % (path, i))
    elif type(value) is not type(expected) or value != expected:
        raise Failed("%s is %r, expected %r" % (path or "the answer", value, expected))


def exactly(value, expected):
    """Every member, and no other."""
    fits(value, expected, True, "")


def matching(value, expected):
    """At least these members."""
    fits(value, expected, False, "")


failing = exactly


def each(values, expected):
    if not values:
        raise Failed("there is none")
    for value in values:
        matching(value, expected)


class Answer:
    def __init__(self, asked, code, fields, body):
        self.asked, self.code, self.fields, self.body = asked, code, fields, body

    def status(self, expected):
        if self.code != expected:
            raise Failed("%s answered %s, expected %d: %s" % (self.asked, self.code, expected, self.body[:500]))
        return self

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failed("%s did not answer JSON: %s" % (self.asked, self.body[:500]))

    def text(self, pattern):
        if not re.fullmatch(pattern, self.body):
            raise Failed("%s answered %r, expected %s" % (self.asked, self.body[:500], pattern))


# ---- asking

class Run:
    """One server, and the ports that stand for the printed ones."""

    def __init__(self, forebay, ports):
        self.forebay = forebay
        self.ports = ports

    def mapped(self, text):
        return re.sub(r"\b(localhost|127\.0\.0\.1):(\d+)",
                      lambda found: "%s:%d" % (found.group(1), self.ports.get(int(found.group(2)), int(found.group(2)))),
                      text)

    def printed(self, name):
        with open(os.path.join(PRINTED, name), encoding="utf-8") as file:
            return file.read()

    @staticmethod
    def parsed(text):
        return json.loads(text)

    def http(self, line, body=None, headers=None):
        method, url = line.split(" ", 1)
        where = urlsplit(self.mapped(url))
        connection = http.client.HTTPConnection("127.0.0.1", where.port, timeout=PATIENCE_SECONDS)
        path = where.path + ("?" + where.query if where.query else "")
        try:
            connection.request(method, path, body.encode() if body is not None else None,
                               dict({"Host": where.netloc}, **(headers or {})))
            response = connection.getresponse()
            return Answer(line, response.status, response.headers, response.read().decode("utf-8"))
        finally:
            connection.close()

    def file(self, name):
        """A request as it is printed: request line, fields, an empty line, body."""
        head, _, body = self.printed(name).partition("\n\n")
        lines = head.strip().split("\n")
        method, path = lines[0].split(" ", 1)
        fields = dict(line.split(": ", 1) for line in lines[1:])
        return self.http("%s http://localhost:8000%s" % (method, path), body if body else None, fields)

    def _command(self, command, name, suffix):
        with tempfile.NamedTemporaryFile("w", suffix=suffix, encoding="utf-8") as file:
            file.write(self.mapped(self.printed(name)))
            file.flush()
            done = subprocess.run(command + [file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        if done.returncode != 0:
            raise Failed("%s ended with %d: %s" % (name, done.returncode, done.stderr.decode()[-2000:]))
        return done.stdout.decode(), done.stderr.decode()

    def shell(self, name):
        return Answer(name, None, {}, self._command(["sh"], name, ".sh")[0])

    def python(self, name):
        for python in (sys.executable, "/usr/bin/python3"):
            if subprocess.run([python, "-c", "import requests"], stderr=subprocess.DEVNULL).returncode == 0:
                return self._command([python], name, ".py")[0]
        raise Failed("no Python here has the library requests (Debian: python3-requests)")

    def javascript(self, name):
        out, err = self._command(["node"], name, ".mjs")
        return out + err

    def metrics(self, url, names):
        text = self.http("GET " + url).status(200).body
        for name, kind in names.items():
            if "# TYPE %s %s\n" % (name, kind) not in text:
                raise Failed("there is no %s %s" % (kind, name))
            if not re.search(r"(?m)^%s(_count|\{[^}]*\})? [-+0-9.eEInf]+$" % name, text):
                raise Failed("%s has no value" % name)
        return text

    def until(self, look):
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            seen = look()
            if seen or time.monotonic() > ends:
                if not seen:
                    raise Failed("it did not come within %d s" % PATIENCE_SECONDS)
                return seen
            time.sleep(0.1)

    # ---- settings

    def config(self, environment=None, env_file=None, flags=()):
        command = self.forebay + ["config", "show", "--compat", "all"] + list(flags)
        if env_file:
            command += ["--env-file", os.path.join(PRINTED, env_file)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FOREBAY_") or
                 name in ("FOREBAY_JAVA_HOME", "FOREBAY_JAVA_OPTIONS")}
        done = subprocess.run(command, env=dict(clean, **(environment or {})), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
        if done.returncode != 0:
            raise Failed("config show refused: " + done.stderr.decode())
        return re.sub(r" +", " ", done.stdout.decode())

    _shown = {}

    def shows(self, environment, name, expected):
        """That a variable shows up in the settings, with itself as the source."""
        key = json.dumps(environment, sort_keys=True)
        if key not in self._shown:
            self._shown[key] = self.config(environment)
        for line in self._shown[key].splitlines():
            if line.startswith(expected) and line.endswith(" " + name):
                return
        raise Failed("config show has no line %r … %s" % (expected, name))


# ---- the server

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def choose_ports(choice):
    if choice == "auto":
        choice = "printed" if all(is_free(port) for port in PORTS) else "free"
    return {port: port if choice == "printed" else free_port() for port in PORTS}


def start(forebay, ports, folder, more=(), environment=None):
    command = forebay + ["serve", "--compat", "all", "--set", "data.dir=" + folder,
                         "--set", "history.interval=500ms", "--set", "log.exchanges=off",
                         "--set", "api.listen=127.0.0.1:%d" % ports[9400]]
    for printed, door in DOORS.items():
        command += ["--set", "compat.%s_port=%d" % (door, ports[printed])]
    log = open(os.path.join(folder, "forebay.log"), "wb")
    process = subprocess.Popen(command + list(more), stdout=log, stderr=log, cwd=folder, env=environment)
    ends = time.monotonic() + 600  # the first start may build
    while time.monotonic() < ends and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", ports[9400], timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return process
        except OSError:
            pass
        time.sleep(0.1)
    process.kill()
    with open(os.path.join(folder, "forebay.log"), encoding="utf-8") as log:
        raise SystemExit("the server did not start:\n" + log.read())


# ---- the matrix

ROW = re.compile(r"^\| ((?:CC|DC|DI|CM|CW)-\d+) \| (\w) \| .* \| (.*) \|$")


def matrix():
    """Line → kind and where it is done."""
    rows = {}
    with open(os.path.join(ROOT, "docs", "matrix.md"), encoding="utf-8") as file:
        for line in file:
            row = ROW.match(line.rstrip("\n"))
            if row:
                rows[row.group(1)] = (row.group(2), row.group(3))
    return rows


def report(results):
    """Every line of kind E, P, M and C, with pass, fail or later."""
    failed = 0
    out = []
    for line, (kind, where) in sorted(matrix().items()):
        if kind not in "EPMC":
            continue
        said = results.get(line)
        if said is None and where.startswith("not yet"):
            word, why = "later", where
        elif said is None and re.search(r"`\w+Test`", where):
            word, why = "pass", "by a test of the build: " + where
        elif said is None:
            word, why = "fail", "nothing checks it, and docs/matrix.md does not say that it is not yet"
        elif said:
            word, why = "fail", "; ".join(said)
        else:
            word, why = "pass", ""
        failed += word == "fail"
        out.append("%-7s %s  %-5s %s" % (line, kind, word, why))
    return out, failed
