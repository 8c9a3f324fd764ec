"""Real backends for the Cache Management API: a Redis, a Memcached and a SQLite file, set up by the names that its text
prints, and a look into each that does not go through Forebay."""

import glob
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time

import runner
from runner import Failed

OUTSIDE = ("redis", "memcached", "database")


class Backends:
    """For `with`: servers on free ports of this machine, and folders of their own."""

    def __init__(self, run):
        self.forebay = run.forebay
        self.processes = []

    def __enter__(self):
        for program in ("redis-server", "memcached"):
            if shutil.which(program) is None:
                raise Failed("%s is missing (Debian: apt-get install %s)" % (program, program))
        self.folder = tempfile.mkdtemp(prefix="forebay-backends-")
        self.redis, self.memcached = runner.free_port(), runner.free_port()
        try:
            self._start(["redis-server", "--port", str(self.redis), "--bind", "127.0.0.1", "--save", "",
                         "--appendonly", "no", "--dir", self.folder], self.redis)
            user = ["-u", "nobody"] if os.getuid() == 0 else []
            self._start(["memcached", "-l", "127.0.0.1", "-p", str(self.memcached)] + user, self.memcached)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, command, port):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        ends = time.monotonic() + runner.PATIENCE_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                return
            except OSError:
                if process.poll() is not None or time.monotonic() > ends:
                    raise Failed("%s did not start" % command[0])
                time.sleep(0.05)

    def variables(self):
        """As the text prints them, at the ports of these servers."""
        return {"CACHE_BACKEND": "memory", "REDIS_URL": "redis://localhost:%d" % self.redis, "REDIS_DB": "0",
                "REDIS_PASSWORD": "", "MEMCACHED_URL": "memcached://localhost:%d" % self.memcached,
                "DATABASE_URL": "sqlite:///./cache.db", "CACHE_COMPRESSION_ENABLED": "false",
                "CACHE_ENCRYPTION_ENABLED": "false"}

    def server(self, changed=None):
        """A Forebay over them, in the same folder each time."""
        return Server(self.forebay, self.folder, dict(self.variables(), **(changed or {})))

    # ---- what lies there, as bytes

    def stored(self, backend):
        return {"redis": self._in_redis, "memcached": self._in_memcached, "database": self._in_database}[backend]()

    def _in_redis(self):
        def ask(*words):
            connection.sendall(b"*%d\r\n" % len(words) +
                               b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
            return answer()

        def answer():
            line = lines.readline().rstrip(b"\r\n")
            kind, rest = line[:1], line[1:]
            if kind == b"*":
                return [answer() for _ in range(int(rest))]
            if kind == b"$":
                return b"" if int(rest) < 0 else lines.read(int(rest) + 2)[:-2]
            return rest

        with socket.create_connection(("127.0.0.1", self.redis), timeout=30) as connection:
            lines = connection.makefile("rb")
            found = b""
            for key in ask(b"KEYS", b"*"):
                kind = ask(b"TYPE", key)
                if kind == b"hash":
                    found += b"".join(ask(b"HGETALL", key))
                elif kind == b"string":
                    found += ask(b"GET", key)
            return found

    def _in_memcached(self):
        with socket.create_connection(("127.0.0.1", self.memcached), timeout=30) as connection:
            lines = connection.makefile("rb")
            connection.sendall(b"lru_crawler metadump all\r\n")
            keys = []
            while True:
                line = lines.readline().strip()
                if line in (b"END", b""):
                    break
                keys.append(line.split()[0][len(b"key="):])
            found = b""
            for key in keys:
                name = key.replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")
                connection.sendall(b"mg %s v\r\n" % name)
                line = lines.readline().split()
                if line and line[0] == b"VA":
                    found += lines.read(int(line[1]) + 2)[:-2]
            return found

    def _in_database(self):
        connection = sqlite3.connect(os.path.join(self.folder, "cache.db"))
        try:
            rows = connection.execute("SELECT value FROM forebay_slots WHERE value IS NOT NULL").fetchall()
        finally:
            connection.close()
        return b"".join(row[0] for row in rows)

    def files(self):
        """Every byte of the SQLite file and what belongs to it."""
        found = b""
        for name in glob.glob(os.path.join(self.folder, "cache.db*")):
            with open(name, "rb") as file:
                found += file.read()
        return found


class Server:
    """For `with`: one more server on ports of its own, which has these variables in its environment."""

    def __init__(self, forebay, folder, variables):
        self.forebay, self.folder, self.variables = forebay, folder, variables

    def __enter__(self):
        self.ports = {port: runner.free_port() for port in runner.PORTS}
        self.process = runner.start(self.forebay, self.ports, self.folder,
                                    environment=dict(os.environ, **self.variables))
        return runner.Run(self.forebay, self.ports)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


class Another(Server):
    """The same in a folder that goes with it."""

    def __init__(self, run, variables):
        super().__init__(run.forebay, tempfile.mkdtemp(prefix="forebay-another-"), variables)

    def __exit__(self, *_):
        super().__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)
