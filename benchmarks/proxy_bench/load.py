"""The load, and what it cost the server."""
import re
import subprocess
from dataclasses import dataclass

from . import tools


@dataclass
class Figures:
    """rate: requests a second; cost: CPU microseconds a request; p50, p99: milliseconds, only of a paced load."""

    rate: float
    cost: float
    p50: float | None = None
    p99: float | None = None


class LoadFailed(Exception):
    pass


def run(server, scenario, seconds, options, work, rate=None):
    """Loads a server; with a rate (requests a second) at just that, else as fast as it answers."""
    before = tools.cpu_seconds(server.pid)
    if rate is not None:
        requests, elapsed, latencies = _paced(server, scenario, seconds, options, work, rate)
    elif scenario.protocol == "h2":
        requests, elapsed = _h2load(server, scenario, seconds, options)
        latencies = None
    else:
        requests, elapsed = _wrk(server, scenario, seconds, options, work)
        latencies = None
    used = tools.cpu_seconds(server.pid) - before
    figures = Figures(requests / elapsed, used * 1e6 / requests)
    if latencies:
        latencies.sort()
        figures.p50 = latencies[len(latencies) // 2] / 1000
        figures.p99 = latencies[len(latencies) * 99 // 100] / 1000
    return figures


def _output(command, options):
    done = subprocess.run(["taskset", "-c", options.load_core, *command], capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
        raise LoadFailed(f"{command[0]}: {said[0]}")
    return done.stdout


def _wrk(server, scenario, seconds, options, work):
    script = work / f"{scenario.name}.lua"
    if not script.exists():
        script.write_text(_lua(scenario))
    out = _output(["wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s", "-s", str(script), server.url(scenario)], options)
    wrong = re.search(r"Non-2xx.*|Socket errors.*", out)
    if wrong:
        raise LoadFailed(wrong.group())
    requests, elapsed, unit = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", out).groups()
    return int(requests), float(elapsed) * {"ms": 0.001, "s": 1, "m": 60}[unit]


def _lua(scenario):
    """Requests made beforehand, so that choosing one costs the load next to nothing."""
    headers = "".join(f"wrk.headers[{name!r}] = {value!r}\n" for name, value in (h.split(": ", 1) for h in scenario.headers))
    paths = ", ".join(f'"{path}"' for path in scenario.paths)
    return f"""{headers}
local paths = {{ {paths} }}
local requests = {{}}
local n = 0
function init(args)
  math.randomseed(1)
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
  for i = #requests, 2, -1 do
    local j = math.random(i)
    requests[i], requests[j] = requests[j], requests[i]
  end
end
function request()
  n = n % #requests + 1
  return requests[n]
end
"""


def _h2load(server, scenario, seconds, options):
    out = _output(["h2load", "-t1", "-c10", "-m10", f"--duration={seconds}", server.url(scenario)], options)
    done, failed = _h2load_counts(out)
    if failed or not done:
        raise LoadFailed(f"h2load: {failed} requests failed, {done} were answered")
    return done, seconds


def _h2load_counts(out):
    counts = re.search(r"requests: .*?(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", out)
    if not counts:
        raise LoadFailed("h2load: " + out.strip().splitlines()[-1])
    done, *wrong = map(int, counts.groups())
    return done, sum(wrong)


def _paced(server, scenario, seconds, options, work, rate):
    log = work / f"latencies-{server.name}"
    log.unlink(missing_ok=True)
    out = _output(
        ["h2load", "--h1", "-t1", f"-c{options.connections}", f"--rps={rate / options.connections:.2f}", f"--duration={seconds}",
         f"--log-file={log}", server.url(scenario)], options)
    done, failed = _h2load_counts(out)
    if failed or not done:
        raise LoadFailed(f"h2load: {failed} requests failed, {done} were answered")
    with open(log) as lines:
        latencies = [int(line.split("\t")[2]) for line in lines]
    return done, seconds, latencies
