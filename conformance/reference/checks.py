"""What is asked, as the texts print it, and what each answer has to be.

A check is a function that takes a Run and ends, or fails by `Failed`. Each names the lines of docs/matrix.md that it
shows. Requests that a text prints whole lie in printed/, unchanged; paths that it only lists are asked here.
"""

import json
import os
import re

from backends import OUTSIDE, Another, Backends
from runner import (ANY, INT, NUMBER, ROOT, TEXT, TIME, WHOLE, Failed, check, each, exactly, failing, matching, seconds_left)

ITEM = {"key": TEXT, "value": ANY, "data_type": TEXT, "ttl": INT, "created_at": TIME, "accessed_at": TIME,
        "access_count": INT, "size": INT, "metadata": ANY}


# ---- ChronoCache

@check("CC-05", "CC-06", "CC-07", "CC-15")
def chronocache_sets_a_pair(run):
    answer = run.http("POST http://localhost:8080/set", body=run.printed("chronocache/set.json"),
                      headers={"Content-Type": "application/json"})
    answer.status(200)
    answer.text(r"Key username set with TTL \d+s")


@check("CC-08", "CC-09")
def chronocache_lists_what_is_cached(run):
    rows = run.http("GET http://localhost:8080/cache").status(200).json()
    mine = [row for row in rows if row["key"] == "username"]
    exactly(mine, [{"key": "username", "value": "darkmatter", "ttl": seconds_left()}])


@check("CC-11", "CC-16")
def the_predictor_answers_in_seconds(run):
    answer = run.http("POST http://127.0.0.1:8000/predict", body='{"key": "username"}').status(200).json()
    matching(answer, {"key": "username", "ttl": WHOLE})
    if answer["ttl"] < 1:
        raise Failed("a lifetime of %r s" % answer["ttl"])


# ---- DistroCache

DISTRO_ITEM = {"key": "user:123", "value": {"name": "John", "email": "john@example.com"}, "ttl": 300000000000,
               "created_at": TIME, "accessed_at": TIME, "access_count": INT, "tags": ["user", "session"]}


@check("DC-12", "DC-19", "DC-20", "DC-28")
def distrocache_stores_an_item(run):
    exactly(run.shell("distrocache/store-an-item.sh").json(), DISTRO_ITEM)


@check("DC-11", "DC-21", "DC-22", "DC-23", "DC-24")
def distrocache_retrieves_it(run):
    first = run.shell("distrocache/retrieve-an-item.sh").json()
    exactly(first, DISTRO_ITEM)
    second = run.shell("distrocache/retrieve-an-item.sh").json()
    if second["access_count"] != first["access_count"] + 1 or second["accessed_at"] < first["accessed_at"]:
        raise Failed("a read left no trace: %r, %r" % (first, second))


@check("DC-13")
def distrocache_stores_by_put_too(run):
    answer = run.http("PUT http://localhost:8080/api/v1/cache/user:124", body='{"value": [1, "two"]}').status(200).json()
    matching(answer, {"key": "user:124", "value": [1, "two"], "tags": []})


@check("DC-14")
def distrocache_deletes(run):
    run.http("DELETE http://localhost:8080/api/v1/cache/user:124").status(200)
    exactly(run.http("GET http://localhost:8080/api/v1/cache/user:124").status(404).json(), {"error": "key not found"})


@check("DC-16")
def distrocache_has_statistics(run):
    matching(run.http("GET http://localhost:8080/api/v1/stats").status(200).json(),
             {"hits": INT, "misses": INT, "sets": INT, "deletes": INT, "evictions": INT, "items": INT})


@check("DC-17")
def distrocache_is_healthy(run):
    exactly(run.http("GET http://localhost:8080/api/v1/health").status(200).json(), {"status": "healthy"})


@check("DC-18", "DC-31", "DC-32", "DC-33", "DC-34", "DC-35", "DC-36", "DC-37")
def distrocache_metrics_have_their_names(run):
    run.metrics("http://localhost:8080/metrics", {
        "distrocache_hits_total": "counter", "distrocache_misses_total": "counter", "distrocache_sets_total": "counter",
        "distrocache_deletes_total": "counter", "distrocache_evictions_total": "counter",
        "distrocache_items_total": "gauge", "distrocache_access_duration_seconds": "histogram"})


@check("DC-15")
def distrocache_invalidates_by_tag(run):
    answer = run.shell("distrocache/invalidate-by-tag.sh").json()
    matching(answer, {"tag": "user", "invalidated": INT})
    if answer["invalidated"] < 1:
        raise Failed("nothing was invalidated")
    failing(run.shell("distrocache/retrieve-an-item.sh").json(), {"error": "key not found"})


# ---- Distributed Caching and Cache Invalidation System

@check("DI-037", "DI-044")
def entries_are_put(run):
    for key in ("users:1", "users:2", "products:category:7"):
        matching(run.http("PUT http://localhost:9400/api/cache/" + key, body='{"value": {"n": 1}, "ttl": 60}')
                 .status(200).json(), {"key": key, "stored": True, "ttl": 60})


@check("DI-043")
def an_entry_is_retrieved(run):
    exactly(run.http("GET http://localhost:9400/api/cache/users:1").status(200).json(),
            {"key": "users:1", "value": {"n": 1}, "ttl": 60, "remaining_ttl": seconds_left(60), "created_at": TIME,
             "expires_at": TIME, "access_count": INT, "tags": []})


@check("DI-047")
def keys_are_listed(run):
    keys = run.http("GET http://localhost:9400/api/cache/keys").status(200).json()["keys"]
    if not {"users:1", "users:2"} <= set(keys):
        raise Failed("keys: %r" % keys)


@check("DI-048")
def it_is_healthy(run):
    exactly(run.shell("distributed_caching/health.sh").json(), {"status": "healthy"})


@check("DI-046")
def a_page_of_the_dashboards_origin_may_read_metrics(run):
    matching(run.shell("distributed_caching/cors.sh").json(),
             {"hits": INT, "misses": INT, "hit_rate": NUMBER, "entries": INT, "cache_size_bytes": INT,
              "latency_ms": {"p50": NUMBER, "p90": NUMBER, "p95": NUMBER, "p99": NUMBER}})
    answer = run.http("GET http://localhost:9400/api/metrics", headers={"Origin": run.mapped("http://localhost:3000")})
    if answer.fields.get("Access-Control-Allow-Origin") != run.mapped("http://localhost:3000"):
        raise Failed("no Access-Control-Allow-Origin: %r" % answer.fields)


@check("DI-038", "DI-056")
def matches_are_previewed(run):
    exactly(run.http("GET http://localhost:9401/api/invalidate/preview?pattern=users:*").status(200).json(),
            {"pattern": "users:*", "count": 2, "keys": ["users:1", "users:2"], "has_more": False})


@check("DI-055")
def a_pattern_is_invalidated(run):
    url = "POST http://localhost:9401/api/invalidate/pattern"
    matching(run.http(url, body='{"pattern": "users:*", "dry_run": true}').status(200).json(),
             {"dry_run": True, "invalidated": 0, "would_invalidate": 2})
    matching(run.http(url, body='{"pattern": "users:*"}').status(200).json(),
             {"pattern": "users:*", "dry_run": False, "invalidated": 2, "id": TEXT})
    run.http("GET http://localhost:9400/api/cache/users:1").status(404)


@check("DI-054")
def keys_are_invalidated(run):
    matching(run.http("POST http://localhost:9401/api/invalidate", body='{"keys": ["products:category:7", "nowhere"]}')
             .status(200).json(), {"keys": 2, "dry_run": False, "invalidated": 1, "id": TEXT})


@check("DI-045")
def an_entry_is_deleted(run):
    run.http("PUT http://localhost:9400/api/cache/gone", body='{"value": 1}').status(200)
    exactly(run.http("DELETE http://localhost:9400/api/cache/gone").status(200).json(), {"key": "gone", "deleted": True})
    run.http("GET http://localhost:9400/api/cache/gone").status(404)


@check("DI-039", "DI-062", "DI-061", "DI-063")
def keys_are_warmed_and_the_job_is_remembered(run):
    run.http("PUT http://localhost:9400/api/cache/warm:1", body='{"value": 1}').status(200)
    job = run.http("POST http://localhost:9402/api/warming/trigger", body='{"keys": ["warm:1"]}').status(202).json()
    matching(job, {"job_id": TEXT, "kind": "keys", "status": TEXT, "targets": 1})
    matching(run.http("GET http://localhost:9402/api/warming/jobs").status(200).json(), {"jobs": ANY})
    ended = run.until(lambda: [entry for entry in
                               run.http("GET http://localhost:9402/api/warming/history").status(200).json()["history"]
                               if entry["job_id"] == job["job_id"]])
    matching(ended[0], {"status": "completed", "loaded": 1, "failed": 0, "finished_at": TIME})


@check("DI-040", "DI-068")
def metrics_are_on_the_monitoring_port_too(run):
    matching(run.http("GET http://localhost:9403/api/metrics").status(200).json(), {"hits": INT, "entries": INT})


@check("DI-069")
def samples_are_kept(run):
    url = "GET http://localhost:9403/api/metrics/history?window=1m"
    samples = run.until(lambda: run.http(url).status(200).json()["samples"])
    each(samples, {"timestamp": TIME, "hits": INT, "hit_rate": NUMBER})


@check("DI-070", "DI-126", "DI-127", "DI-128", "DI-129", "DI-130", "DI-131", "DI-132", "DI-133", "DI-134")
def metrics_have_their_names(run):
    text = run.metrics("http://localhost:9403/metrics", {
        "cache_hits_total": "counter", "cache_misses_total": "counter", "cache_latency_seconds": "histogram",
        "cache_size_bytes": "gauge", "invalidations_total": "counter", "evictions_total": "counter",
        "warming_jobs_total": "counter", "errors_total": "counter", "cache_miss_rate": "gauge"})
    if 'errors_total{type="' not in text:
        raise Failed("errors_total has no type")


@check("DI-101", "DI-102", "DI-103")
def the_page_is_told_where_and_how_often_to_ask(run):
    variables = {"VITE_API_BASE": run.mapped("http://localhost:9400"), "VITE_ENABLE_REALTIME": "false",
                 "VITE_METRICS_POLL_INTERVAL": "2500"}
    with Another(run, variables) as other:
        page = other.http("GET http://localhost:3000/", headers={"Accept": "text/html"}).status(200)
        for told in ('data-api-base="%s"' % variables["VITE_API_BASE"], 'data-realtime="false"',
                     'data-poll-millis="2500"'):
            if told not in page.body:
                raise Failed("the page has no " + told)
        if variables["VITE_API_BASE"] not in page.fields["Content-Security-Policy"]:
            raise Failed("the page may not ask there")
        answer = other.http("GET http://localhost:9400/v1/live",
                            headers={"Origin": other.mapped("http://localhost:3000")}).status(200)
        matching(answer.json(), {"type": "figures", "figures": {"hits": INT, "entries": INT}})
        exactly(answer.fields["Access-Control-Allow-Origin"], other.mapped("http://localhost:3000"))


@check("DI-041")
def the_page_is_on_the_dashboards_port(run):
    answer = run.http("GET http://localhost:3000/", headers={"Accept": "text/html"}).status(200)
    answer.text(r"(?s)<!DOCTYPE html>.*")


# ---- Cache Management API

PRINTED_ITEM = dict(ITEM, key="user:123", value={"name": "John Doe", "email": "john@example.com"}, data_type="json",
                    ttl=3600, metadata={"tags": ["user", "profile"], "source": "database"})


@check("CM-18", "CM-19", "CM-36", "CM-37", "CM-60")
def an_item_is_set(run):
    answer = run.file("cache_management/set-cache-value.http").status(200).json()
    matching(answer, {"success": True, "key": "user:123"})
    exactly(answer["cache_item"], PRINTED_ITEM)


@check("CM-20", "CM-32", "CM-88")
def an_item_is_got(run):
    answer = run.file("cache_management/get-cache-value.http").status(200).json()
    matching(answer, {"found": True})
    exactly(answer["cache_item"], PRINTED_ITEM)
    matching(run.http("GET http://localhost:8000/api/cache/get/user:123").status(200).json(), {"found": True})


@check("CM-21", "CM-87")
def an_item_is_deleted_and_then_not_found(run):
    matching(run.file("cache_management/delete-cache-value.http").status(200).json(), {"success": True})
    matching(run.file("cache_management/get-cache-value.http").status(200).json(), {"found": False, "cache_item": None})


@check("CM-23")
def a_batch_is_set(run):
    answer = run.file("cache_management/set-multiple-values.http").status(200).json()
    matching(answer, {"success": True, "successful": 2})
    each(answer["results"], {"key": TEXT, "success": True})


@check("CM-24", "CM-33")
def a_batch_is_got(run):
    results = run.file("cache_management/get-multiple-values.http").status(200).json()["results"]
    exactly([result["key"] for result in results], ["user:123", "user:456", "user:789"])
    each(results, {"success": True, "result": {"found": ANY, "cache_item": ANY}})
    exactly([result["result"]["found"] for result in results], [True, True, False])
    exactly(results[1]["result"]["cache_item"]["value"], {"name": "Jane"})


@check("CM-25", "CM-34")
def keys_are_listed_by_pattern(run):
    matching(run.file("cache_management/list-cache-keys.http").status(200).json(), {"keys": ["user:123", "user:456"]})


@check("CM-26", "CM-35", "CM-78")
def statistics_are_in_percent_and_bytes(run):
    statistics = run.file("cache_management/get-cache-statistics.http").status(200).json()["statistics"]
    matching(statistics, {"hit_rate": NUMBER, "miss_rate": NUMBER, "total_memory_usage": INT, "evictions": INT,
                          "response_time_ms": {"p50": NUMBER, "p90": NUMBER, "p95": NUMBER, "p99": NUMBER}})
    if not 1 < statistics["hit_rate"] <= 100 or statistics["total_memory_usage"] <= 0:
        raise Failed("statistics: %r" % statistics)


@check("CM-27", "CM-28", "CM-38")
def the_configuration_is_posted_and_read_back(run):
    matching(run.file("cache_management/update-cache-configuration.http").status(200).json(), {"success": True})
    exactly(run.file("cache_management/get-cache-configuration.http").status(200).json(),
            {"backend": "memory", "strategy": "lru", "max_memory": 104857600, "max_items": 10000, "default_ttl": 3600,
             "cleanup_interval": 300, "compression_enabled": False, "encryption_enabled": False})


@check("CM-29")
def the_cache_is_warmed(run):
    matching(run.file("cache_management/warm-cache.http").status(200).json(), {"success": True, "warmed_count": 3})
    got = run.http("GET http://localhost:8000/api/cache/get/stats:daily").status(200).json()
    exactly(got["cache_item"]["value"], {"users": 1000, "requests": 50000})


@check("CM-30")
def tags_and_a_pattern_are_invalidated(run):
    run.file("cache_management/set-cache-value.http").status(200)
    run.http("POST http://localhost:8000/api/cache/set", body='{"key": "temp:1", "value": "x"}').status(200)
    matching(run.file("cache_management/invalidate-cache.http").status(200).json(),
             {"success": True, "invalidated_count": 2})


@check("CM-31")
def the_cache_is_exported(run):
    answer = run.file("cache_management/export-cache.http").status(200).json()
    matching(answer, {"format": "json", "count": INT})
    each(answer["items"], ITEM)
    if len(answer["items"]) != answer["count"] or not answer["items"]:
        raise Failed("count is %r of %d items" % (answer["count"], len(answer["items"])))


@check("CM-22")
def a_pattern_is_cleared(run):
    run.http("POST http://localhost:8000/api/cache/set", body='{"key": "user:1", "value": "x"}').status(200)
    answer = run.file("cache_management/clear-cache.http").status(200).json()
    matching(answer, {"success": True, "cleared_count": INT})
    matching(run.file("cache_management/list-cache-keys.http").status(200).json(), {"keys": []})


@check("CM-39")
def values_of_every_data_type_survive(run):
    for kind, value in (("string", '"text"'), ("json", '{"a": [1, null]}'), ("binary", '"AAH/"'), ("number", "1.5"),
                        ("boolean", "false"), ("list", '[1, "two"]'), ("dictionary", '{"k": "v"}')):
        run.http("POST http://localhost:8000/api/cache/set",
                 body='{"key": "typed", "value": %s, "data_type": "%s"}' % (value, kind)).status(200)
        item = run.http("GET http://localhost:8000/api/cache/get/typed").status(200).json()["cache_item"]
        matching(item, {"data_type": kind, "value": run.parsed(value)})


@check("CM-40")
def every_strategy_is_understood(run):
    for strategy in ("lru", "lfu", "fifo", "ttl", "write_through", "write_behind"):
        run.http("POST http://localhost:8000/api/cache/set",
                 body='{"key": "s", "value": 1, "strategy": "%s"}' % strategy).status(200)
    run.http("POST http://localhost:8000/api/cache/set", body='{"key": "s", "value": 1, "strategy": "mru"}').status(422)


# ---- its backends: real ones, in servers of their own

MARK = "a word that lies nowhere else"
LARGE = "to be compressed, and " * 2_000


def kept(run, backend, key, value):
    body = json.dumps({"key": key, "value": value, "data_type": "json", "backend": backend})
    matching(run.http("POST http://localhost:8000/api/cache/set", body=body).status(200).json(), {"success": True})


def found(run, backend, key):
    return run.http("GET http://localhost:8000/api/cache/get/%s?backend=%s" % (key, backend)).status(200).json()


@check("CM-41", "CM-47", "CM-48", "CM-49", "CM-50", "CM-51")
def each_backend_keeps_what_a_request_puts_there(run):
    with Backends(run) as backends:
        with backends.server() as server:
            for backend in ("memory",) + OUTSIDE:
                kept(server, backend, "user:123", {"in": backend, "mark": MARK})
                kept(server, backend, "large", LARGE)
            for backend in ("memory",) + OUTSIDE:
                exactly(found(server, backend, "user:123")["cache_item"]["value"], {"in": backend, "mark": MARK})
                matching(server.http("GET http://localhost:8000/api/cache/stats?backend=" + backend).status(200).json(),
                         {"backend": backend, "statistics": ANY})
            for backend in OUTSIDE:
                stored = backends.stored(backend)
                if MARK.encode() not in stored or LARGE.encode() not in stored:
                    raise Failed("%s does not hold what was put there, as it is" % backend)
        with backends.server() as server:
            for backend in OUTSIDE:
                exactly(found(server, backend, "user:123")["cache_item"]["value"], {"in": backend, "mark": MARK})
            matching(found(server, "memory", "user:123"), {"found": False})


@check("CM-41", "CM-47", "CM-48", "CM-49")
def the_backend_may_be_chosen_for_all_requests(run):
    with Backends(run) as backends:
        for backend in OUTSIDE:
            with backends.server({"CACHE_BACKEND": backend}) as server:
                matching(server.http("GET http://localhost:8000/api/cache/config").status(200).json(),
                         {"backend": backend})
                server.file("cache_management/set-cache-value.http").status(200)
                matching(found(server, backend, "user:123"), {"found": True})
                if b"john@example.com" not in backends.stored(backend):
                    raise Failed("%s does not hold what was put there" % backend)


@check("CM-50", "CM-51")
def values_are_compressed_and_encrypted_in_the_backends_if_that_is_on(run):
    both = {"CACHE_COMPRESSION_ENABLED": "true", "CACHE_ENCRYPTION_ENABLED": "true"}
    with Backends(run) as backends:
        with backends.server(both) as server:
            matching(server.http("GET http://localhost:8000/api/cache/config").status(200).json(),
                     {"compression_enabled": True, "encryption_enabled": True})
            for backend in OUTSIDE:
                kept(server, backend, "large", LARGE)
                kept(server, backend, "secret", MARK)
                exactly(found(server, backend, "large")["cache_item"]["value"], LARGE)
                exactly(found(server, backend, "secret")["cache_item"]["value"], MARK)
                stored = backends.stored(backend)
                if not 0 < len(stored) < len(LARGE) / 10:
                    raise Failed("%s holds %d bytes of a value of %d" % (backend, len(stored), len(LARGE)))
                if MARK.encode() in stored:
                    raise Failed("%s holds plain text" % backend)
        if MARK.encode() in backends.files():
            raise Failed("the SQLite file holds plain text")


@check("CM-86")
def the_printed_python_client_runs(run):
    output = run.python("cache_management/client.py")
    for line in ("Cache set: {", "Cache hit: {'name': 'John Doe'", "Batch set: {", "Batch get: {", "Cache stats: {",
                 "Cache warming: {", "Config keys: ['config:app', 'config:system']", "Cache invalidation: {"):
        if line not in output:
            raise Failed("the Python client did not print %r but:\n%s" % (line, output))


@check("CM-86")
def the_printed_javascript_client_runs(run):
    output = run.javascript("cache_management/client.js")
    for line in ("Cache set:", "Batch set:", "Batch get:", "Cache statistics:", "Hit rate:", "Memory usage:",
                 "Cache warming:"):
        if line not in output:
            raise Failed("the JavaScript client did not print %r but:\n%s" % (line, output))
    if "Error:" in output:
        raise Failed(output)


# ---- environment names and defaults: what the settings say of them

# Line → variable, value, and what `config show` has for it.
VARIABLES = {
    "DI-050": ("CACHE_MANAGER_PORT", "9400", "api.listen 127.0.0.1:9400"),
    "DI-051": ("L1_CACHE_MAX_SIZE", "10000", "compat.max_entries 10000"),
    "DI-052": ("L2_CACHE_DEFAULT_TTL", "3600", "entries.default_ttl 1h"),
    "DI-053": ("CACHE_EVICTION_POLICY", "lru", "memory.eviction_policy lru"),
    "DI-058": ("INVALIDATION_PORT", "9401", "compat.invalidation_port 9401"),
    "DI-059": ("INVALIDATION_BATCH_SIZE", "1000", "compat.invalidation_batch_size 1000"),
    "DI-060": ("INVALIDATION_AUDIT_ENABLED", "true", "audit.enabled on"),
    "DI-065": ("WARMING_PORT", "9402", "compat.warming_port 9402"),
    "DI-066": ("WARMING_MAX_CONCURRENT_JOBS", "5", "warming.max_concurrent_jobs 5"),
    "DI-067": ("WARMING_BATCH_SIZE", "100", "warming.batch_size 100"),
    "DI-072": ("MONITORING_PORT", "9403", "compat.monitoring_port 9403"),
    "DI-073": ("METRICS_COLLECTION_INTERVAL", "5000", "history.interval 5s"),
    "DI-074": ("PROMETHEUS_ENABLED", "true", "compat.metrics on"),
    "DI-101": ("VITE_API_BASE", "http://localhost:9400", "page.api_base http://localhost:9400"),
    "DI-102": ("VITE_ENABLE_REALTIME", "true", "page.realtime on"),
    "DI-103": ("VITE_METRICS_POLL_INTERVAL", "5000", "page.poll_interval 5s"),
    "DI-098": ("POSTGRES_HOST", "localhost", "audit.url (hidden)"),
    "DI-099": ("REDIS_HOST", "localhost", "redis.url (hidden)"),
    "DI-100": ("API_TOKEN_ADMIN", "s3cret", "access.tokens[1].name api_token_admin"),
    "CM-41": ("CACHE_BACKEND", "memory", "entries.tier memory"),
    "CM-42": ("CACHE_STRATEGY", "lru", "memory.eviction_policy lru"),
    "CM-43": ("CACHE_MAX_MEMORY", "104857600", "memory.max_bytes 100MiB"),
    "CM-44": ("CACHE_MAX_ITEMS", "10000", "compat.max_entries 10000"),
    "CM-45": ("CACHE_DEFAULT_TTL", "3600", "entries.default_ttl 1h"),
    "CM-46": ("CACHE_CLEANUP_INTERVAL", "300", "CACHE_CLEANUP_INTERVAL ("),
    "CM-47": ("REDIS_URL", "redis://localhost:6379", "redis.url (hidden)"),
    "CM-48": ("MEMCACHED_URL", "memcached://localhost:11211", "memcached.url (hidden)"),
    "CM-49": ("DATABASE_URL", "sqlite:///./cache.db", "database.url (hidden)"),
    "CM-50": ("CACHE_COMPRESSION_ENABLED", "false", "tiers.compression off"),
    "CM-51": ("CACHE_ENCRYPTION_ENABLED", "false", "tiers.own_encryption_key off"),
    "CM-52": ("CACHE_SERIALIZATION_FORMAT", "json", "CACHE_SERIALIZATION_FORMAT ("),
    "CM-53": ("CACHE_MAX_KEY_LENGTH", "250", "entries.max_key_bytes 250"),
    "CM-54": ("CACHE_METRICS_ENABLED", "true", "compat.metrics on"),
    "CM-55": ("CACHE_ACCESS_LOG_ENABLED", "true", "log.exchanges on"),
    "CM-56": ("CACHE_PERFORMANCE_TRACKING", "true", "history.enabled on"),
    "CM-57": ("CACHE_AUTH_ENABLED", "false", "CACHE_AUTH_ENABLED ("),
    "CM-59": ("ALLOWED_ORIGINS", "http://localhost:3000,https://yourdomain.com",
              "api.allowed_origins http://localhost:3000, https://yourdomain.com"),
}

for _line, (_name, _value, _shown) in VARIABLES.items():
    def _variable(run, system=_line[:2], name=_name, shown=_shown):
        all_of_it = {name: value for line, (name, value, _) in VARIABLES.items() if line.startswith(system)}
        run.shows(all_of_it, name, shown)
    _variable.__name__ = "the_variable_%s_is_read" % _name
    check(_line)(_variable)


@check("CM-58")
def an_api_key_is_a_token(run):
    run.shows({"CACHE_AUTH_ENABLED": "true", "CACHE_API_KEY": "s3cret"}, "CACHE_AUTH_ENABLED",
              "access.tokens[1].name cache_api_key")


@check("CM-61")
def an_env_file_is_read(run):
    for name in ("cache_management/first.env", "cache_management/variables.env", "distributed_caching/variables.env"):
        shown = run.config(env_file=name)
        if ".env" not in shown:
            raise Failed("nothing of %s is shown:\n%s" % (name, shown))


@check("DI-097")
def env_files_are_there_and_read(run):
    for name in (".env.example", ".env.development", ".env.production"):
        path = os.path.join(ROOT, name)
        shown = run.config(env_file=path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for variable, value in re.findall(r"(?m)^([A-Z][A-Z0-9_]*)=(.*)$", text):
            if value and variable not in shown:
                raise Failed("nothing is said of %s in %s:\n%s" % (variable, name, shown))
        if name == ".env.example":
            template = re.findall(r"(?m)^#?([A-Z][A-Z0-9_]*)=", text)
    for printed in ("cache_management/variables.env", "distributed_caching/variables.env"):
        for variable in re.findall(r"(?m)^([A-Z][A-Z0-9_]*)=", run.printed(printed)):
            if variable not in template:
                raise Failed(".env.example lacks " + variable)


@check("DC-25", "DC-26", "DC-29")
def distrocaches_configuration_has_settings(run):
    shown = run.config(flags=["--set", "compat.max_entries=10000", "--set", "entries.default_ttl=5m",
                              "--set", "node.name=node-1"])
    for line in ("compat.max_entries 10000", "entries.default_ttl 5m", "node.name node-1"):
        if line not in shown:
            raise Failed("%r is not among\n%s" % (line, shown))
