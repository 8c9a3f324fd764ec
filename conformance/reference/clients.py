#!/usr/bin/env python3
"""A client in the manner of the texts' Python snippets (`requests`), over all adapters, for a while at a rate. Prints
one JSON line at the end: how many requests, and every answer that was not expected (at most 20)."""

import json
import random
import sys
import threading
import time

import requests

host, seconds, rate, threads = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), 4
ports = json.loads(sys.argv[4])  # printed port → real
count, bad, lock = 0, [], threading.Lock()


def url(port, path):
    return "http://%s:%d%s" % (host, ports[str(port)], path)


class Client:
    def __init__(self, number):
        self.session = requests.Session()
        self.random = random.Random(number)
        self.number = number
        self.steps = [self.cache_management, self.batches, self.distrocache, self.chronocache, self.entries,
                      self.invalidation, self.figures]

    def ask(self, method, where, status=200, **more):
        global count
        response = self.session.request(method, where, timeout=30, **more)
        with lock:
            count += 1
            if response.status_code != status and len(bad) < 20:
                bad.append("%s %s: %d %s" % (method, where, response.status_code, response.text[:200]))
        return response

    def expect(self, holds, what):
        if not holds:
            with lock:
                if len(bad) < 20:
                    bad.append(what)

    def key(self, kind):
        return "%s:%d:%d" % (kind, self.number, self.random.randrange(200))

    def cache_management(self):
        key, value = self.key("user"), {"name": "John Doe", "visits": self.random.randrange(10 ** 6)}
        self.ask("POST", url(8000, "/api/cache/set"), json={
            "key": key, "value": value, "data_type": "json", "ttl": 3600,
            "metadata": {"tags": ["user-%d" % self.number, "profile"], "source": "database"}})
        got = self.ask("GET", url(8000, "/api/cache/get/" + key)).json()
        self.expect(got["found"] and got["cache_item"]["value"] == value, "get %s: %r" % (key, got))
        self.ask("DELETE", url(8000, "/api/cache/delete/" + key))
        self.expect(not self.ask("GET", url(8000, "/api/cache/get/" + key)).json()["found"], key + " is still there")

    def batches(self):
        keys = [self.key("batch") for _ in range(3)]
        self.ask("POST", url(8000, "/api/cache/set-batch"),
                 json=[{"key": key, "value": {"k": key}, "data_type": "json"} for key in keys])
        results = self.ask("POST", url(8000, "/api/cache/get-batch"), json=keys + ["nonexistent"]).json()["results"]
        self.expect([result["result"]["found"] for result in results] == [True, True, True, False], repr(results))
        self.ask("POST", url(8000, "/api/cache/warm"), json={self.key("warm"): {"n": 1}})
        self.ask("GET", url(8000, "/api/cache/keys?pattern=batch:%d:*&limit=100&offset=0" % self.number))

    def distrocache(self):
        key = self.key("item")
        where = url(8080, "/api/v1/cache/" + key)
        self.ask("POST", where, json={"value": {"n": 1}, "ttl": 300, "tags": ["session-%d" % self.number]})
        item = self.ask("GET", where).json()
        self.expect(item.get("ttl") == 300000000000 and item.get("key") == key, repr(item))
        self.ask("POST", url(8080, "/api/v1/invalidate/tag/session-%d" % self.number))
        self.ask("GET", where, status=404)

    def chronocache(self):
        key = self.key("name")
        said = self.ask("POST", url(8080, "/set"), json={"key": key, "value": "darkmatter"}).text
        self.expect(said.startswith("Key %s set with TTL " % key) and said.endswith("s"), said)
        self.ask("POST", url(8000, "/predict"), json={"key": key})

    def entries(self):
        key = self.key("users")
        self.ask("PUT", url(9400, "/api/cache/" + key), json={"value": [1, 2], "ttl": 60})
        self.expect(self.ask("GET", url(9400, "/api/cache/" + key)).json().get("value") == [1, 2], key)
        self.ask("DELETE", url(9400, "/api/cache/" + key))

    def invalidation(self):
        key = self.key("temp")
        self.ask("PUT", url(9400, "/api/cache/" + key), json={"value": 1})
        self.ask("POST", url(9401, "/api/invalidate/pattern"), json={"pattern": key})
        self.ask("GET", url(9400, "/api/cache/" + key), status=404)
        self.ask("POST", url(9401, "/api/invalidate"), json={"keys": [key]})

    def figures(self):
        self.ask("GET", url(9400, "/health"))
        self.ask("GET", url(9403, "/api/metrics"))
        self.ask("GET", url(8000, "/api/cache/config"))

    def run(self, ends, pause):
        due = time.monotonic()
        while time.monotonic() < ends:
            before = count
            try:
                self.random.choice(self.steps)()
            except Exception as failure:  # whatever it is, it was not expected
                self.expect(False, "%s: %s" % (type(failure).__name__, failure))
            due += pause * max(1, count - before) / threads
            time.sleep(max(0, min(1, due - time.monotonic())))


started = time.monotonic()
workers = [threading.Thread(target=Client(number).run, args=(started + seconds, threads / rate))
           for number in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(json.dumps({"client": "python", "requests": count, "seconds": round(time.monotonic() - started, 1), "bad": bad}))
sys.exit(1 if bad or not count else 0)
