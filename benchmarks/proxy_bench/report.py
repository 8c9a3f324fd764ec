"""The figures, for people and for programs."""
import csv
from statistics import median

TARGETS = {
    # Of Forebay's CPU time a request, in terms of each rival's.
    "hits": {"floor": 1.30, "nginx-ofc": 0.70, "haproxy": 0.85, "varnish": 0.55},
    "pass": {"nginx": 1.20},
}


def table(scenario, rows):
    """Medians, and Forebay's cost over each rival's, round by round."""
    by_server = {}
    for row in rows:
        by_server.setdefault(row.server, []).append(row.figures)
    ours = by_server.get("forebay")
    targets = TARGETS["hits"] if scenario.is_hit else TARGETS.get(scenario.name, {})
    paced = scenario.is_paced
    lines = [f"\n{scenario.name}: {scenario.what}",
             f"{'server':<10} {'requests/s':>12} {'CPU us/request':>15} {'forebay costs':>14} {'target':>8}"
             + (f" {'P50 ms':>8} {'P99 ms':>8}" if paced else "")]
    for server, figures in by_server.items():
        line = f"{server:<10} {median(f.rate for f in figures):>12,.0f} {median(f.cost for f in figures):>15.2f}"
        if ours and server != "forebay":
            ratio = median(mine.cost / theirs.cost for mine, theirs in zip(ours, figures))
            target = targets.get(server)
            verdict = "" if target is None else f"{'<=' if ratio <= target else 'not'} {target:.2f}"
            line += f" {ratio:>14.2f} {verdict:>8}"
        else:
            line += f" {'':>14} {'':>8}"
        if paced:
            line += f" {median(f.p50 for f in figures):>8.2f} {median(f.p99 for f in figures):>8.2f}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def write_csv(path, rows):
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["scenario", "server", "round", "requests_per_second", "cpu_us_per_request", "p50_ms", "p99_ms"])
        for row in rows:
            f = row.figures
            writer.writerow([row.scenario, row.server, row.round, f"{f.rate:.1f}", f"{f.cost:.3f}",
                             "" if f.p50 is None else f"{f.p50:.3f}", "" if f.p99 is None else f"{f.p99:.3f}"])
