"""What is asked of the servers."""
from dataclasses import dataclass, field

BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Connection: keep-alive",
    "Referer: https://www.example.org/some/page.html?from=search",
    'Sec-CH-UA: "Chromium";v="142", "Not_A Brand";v="99"',
    'Sec-CH-UA-Platform: "Linux"',
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
)
DISTINCT = 10_000
CACHES = ("nginx", "nginx-ofc", "haproxy", "varnish", "forebay")
ALL = ("floor", *CACHES)


@dataclass(frozen=True)
class Scenario:
    """One kind of request.

    what: for the help and the table; paths: asked for in turn, each once beforehand; servers: that can; protocol: h1, h2 (without TLS)
    or tls; is_hit: whether the origin must not hear of it; is_paced: at a fixed rate, for latencies.
    """

    name: str
    what: str
    paths: tuple = ("/1k",)
    headers: tuple = ()
    servers: tuple = ALL
    protocol: str = "h1"
    is_hit: bool = True
    is_paced: bool = False
    body: int = 1024


SCENARIOS = {
    s.name: s
    for s in (
        Scenario("1k", "hits, 1 KiB, the few headers of wrk"),
        Scenario("browser", "hits, 1 KiB, eleven browser headers", headers=BROWSER),
        Scenario("64k", "hits, 64 KiB", paths=("/64k",), body=65536),
        Scenario("urls", "hits, 1 KiB, ten thousand distinct URLs", paths=tuple(f"/p/{i}" for i in range(DISTINCT))),
        Scenario("tls", "hits, 1 KiB, TLS", servers=("nginx", "nginx-ofc", "haproxy", "forebay"), protocol="tls"),
        Scenario("h2", "hits, 1 KiB, HTTP/2 without TLS, ten streams at once", servers=CACHES, protocol="h2"),
        Scenario("pass", "uncacheable pass-through, 1 KiB", paths=("/pass",), servers=("nginx", "haproxy", "varnish", "forebay"),
                 is_hit=False),
        Scenario("latency", "hits, 1 KiB, at 60 % of the slowest server's capacity", is_paced=True),
    )
}
