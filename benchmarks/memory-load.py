"""Loads entries into a server and prints its growth in resident bytes an entry.

usage: memory-load.py redis|forebay-batch|forebay-single PID PORT ENTRIES
"""

import http.client
import json
import socket
import sys
import time

LIFETIME_SECONDS = 3600
PIPELINED = 100
BATCH = 1000


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
    raise SystemExit(f"process {pid} has no VmRSS")


def key(number):
    return f"key:{number:012d}"


def value(number):
    return f"{number * 2654435761 % 2**32:08x}" * 12 + "abcd"


def load_redis(port, entries):
    connection = socket.create_connection(("127.0.0.1", port))
    answers = connection.makefile("rb", 1 << 20)
    for first in range(0, entries, PIPELINED):
        numbers = range(first, min(first + PIPELINED, entries))
        commands = [
            f"*5\r\n$3\r\nSET\r\n$16\r\n{key(n)}\r\n$100\r\n{value(n)}\r\n$2\r\nEX\r\n$4\r\n{LIFETIME_SECONDS}\r\n"
            for n in numbers
        ]
        connection.sendall("".join(commands).encode())
        for _ in numbers:
            answer = answers.readline()
            if answer != b"+OK\r\n":
                raise SystemExit(f"redis answered {answer}")


def load_forebay_single(port, entries):
    connection = socket.create_connection(("127.0.0.1", port))
    answers = connection.makefile("rb", 1 << 20)
    for first in range(0, entries, PIPELINED):
        numbers = range(first, min(first + PIPELINED, entries))
        requests = [
            f"PUT /v1/caches/default/entries/{key(n)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Cache-Control: max-age={LIFETIME_SECONDS}\r\nContent-Length: 100\r\n\r\n{value(n)}"
            for n in numbers
        ]
        connection.sendall("".join(requests).encode())
        for _ in numbers:
            status = answers.readline()
            if not status.startswith(b"HTTP/1.1 20"):
                raise SystemExit(f"Forebay answered {status}")
            length = 0
            while (field := answers.readline()) != b"\r\n":
                if field.lower().startswith(b"content-length:"):
                    length = int(field.split(b":")[1])
            answers.read(length)


def load_forebay_batch(port, entries):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for first in range(0, entries, BATCH):
        numbers = range(first, min(first + BATCH, entries))
        items = [{"key": key(n), "text": value(n), "ttl": f"{LIFETIME_SECONDS}s"} for n in numbers]
        connection.request(
            "POST",
            "/v1/caches/default/entries:batchPut",
            json.dumps({"items": items}),
            {"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        results = json.loads(answer.read())["results"]
        if any(result["status"] not in (201, 204) for result in results):
            raise SystemExit(f"Forebay answered {results}")


def main():
    server, pid, port, entries = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    load = {"redis": load_redis, "forebay-batch": load_forebay_batch, "forebay-single": load_forebay_single}[server]
    before = resident_bytes(pid)
    load(port, entries)
    time.sleep(3)
    print(round((resident_bytes(pid) - before) / entries, 1))


if __name__ == "__main__":
    main()
