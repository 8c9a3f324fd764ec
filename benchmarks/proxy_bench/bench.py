"""Runs scenarios: starts what they need, warms it up, loads it in turns."""
import atexit
import http.client
import ssl
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import load, servers


@dataclass
class Row:
    """One server in one round; `base` is whether it is Forebay itself."""

    scenario: str
    server: str
    round: int
    figures: load.Figures


class Bench:
    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.running = {}
        self.warm = set()
        atexit.register(self.stop)
        self.origin = servers.Origin(options, work)

    def stop(self):
        for server in self.running.values():
            server.stop()
        self.running.clear()
        self.origin.stop()

    def run(self, scenario):
        """The rows of one scenario."""
        taking_part = self._ready(scenario)
        rates = self._paces(scenario, taking_part)
        before = self.origin.requests()
        rows = []
        for number in range(1, self.options.rounds + 1):
            for server in taking_part:
                figures = load.run(server, scenario, self.options.seconds, self.options, self.work, rates)
                rows.append(Row(scenario.name, server.name, number, figures))
                _say(f"{scenario.name} {number}/{self.options.rounds} {server.name}: {figures.rate:,.0f}/s {figures.cost:.2f} us")
        self._judge(scenario, rows, self.origin.requests() - before)
        return rows

    def _ready(self, scenario):
        """The servers that can, running, with every page asked for, warmed up."""
        ready = []
        for name in scenario.servers:
            if self.options.server and name not in (*self.options.server, "forebay"):
                continue
            try:
                server = self._server(name, scenario.protocol)
                _check(server, scenario)
                warm = (server.name, server.pid, scenario.name)
                if warm not in self.warm:
                    self.warm.add(warm)
                    _say(f"{scenario.name}: warming up {server.name}")
                    load.run(server, scenario, self.options.warm_up, self.options, self.work)
                ready.append(server)
            except (servers.CannotStart, load.LoadFailed, OSError) as e:
                _say(f"{scenario.name}: {name} is left out: {e}")
        return ready

    def _server(self, name, protocol):
        if name not in self.running:
            self.running[name] = servers.start(name, protocol, self.options, self.work, self.origin)
        return self.running[name]

    def _paces(self, scenario, taking_part):
        if not scenario.is_paced or not taking_part:
            return None
        slowest = min(
            load.run(server, scenario, self.options.seconds, self.options, self.work).rate for server in taking_part)
        _say(f"{scenario.name}: the slowest takes {slowest:,.0f}/s, so all get {0.6 * slowest:,.0f}/s")
        return 0.6 * slowest

    @staticmethod
    def _judge(scenario, rows, asked):
        """Hits that were none would be a comparison of something else."""
        total = sum(row.figures.rate for row in rows)
        if scenario.is_hit and asked > max(100, total / 1000):
            raise SystemExit(f"{scenario.name}: the origin was asked {asked} times, so some of this were no hits")


def _check(server, scenario):
    """Asks for every page once, and looks at the first answer."""
    url = urlsplit(server.url(scenario))
    if scenario.protocol == "h2":
        done = subprocess.run(["h2load", "-n1", "-c1", "-m1", server.url(scenario)], capture_output=True, text=True)
        if "1 succeeded" not in done.stdout:
            raise load.LoadFailed("it does not take HTTP/2 without TLS")
        return
    if scenario.protocol == "tls":
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(url.hostname, url.port, context=trusting, timeout=10)
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    for path in scenario.paths:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or len(body) != scenario.body:
            raise load.LoadFailed(f"{path} got {answer.status} with {len(body)} bytes")
    connection.close()


def _say(line):
    print(line, file=sys.stderr, flush=True)
