"""The programs that are needed, and small things about processes."""
import os
import shutil
import socket
import subprocess
import sys

PACKAGES = {
    "wrk": "wrk", "h2load": "nghttp2-client", "nginx": "nginx-light", "varnishd": "varnish",
    "haproxy": "haproxy", "openssl": "openssl", "taskset": "util-linux",
}
os.environ["PATH"] += ":/usr/sbin:/usr/local/sbin"


def require():
    missing = [tool for tool in PACKAGES if not shutil.which(tool)]
    if missing:
        packages = " ".join(sorted({PACKAGES[tool] for tool in missing}))
        sys.exit(f"benchmarks/proxy needs {', '.join(missing)} (Debian: apt-get install {packages})")
    if os.cpu_count() < 2:
        sys.exit("benchmarks/proxy needs two cores: one for the servers, one for the load")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_seconds(pid):
    """User and system time of a process and all its descendants, their threads included."""
    ticks = {}
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry)] = int(fields[1])
            ticks[int(entry)] = int(fields[11]) + int(fields[12])

    def is_ours(candidate):
        while candidate > 1 and candidate != pid:
            candidate = parents.get(candidate, 0)
        return candidate == pid

    return sum(used for process, used in ticks.items() if is_ours(process)) / os.sysconf("SC_CLK_TCK")


def pinned(core, command, log):
    """Starts a program on one core; what it says goes to a file."""
    with open(log, "ab") as out:
        return subprocess.Popen(["taskset", "-c", core, *map(str, command)], stdout=out, stderr=subprocess.STDOUT)


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0
