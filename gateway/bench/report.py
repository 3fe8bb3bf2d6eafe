"""The tables as Markdown."""
from statistics import median

from tables import Line


def spread(values: list, digits: int = 1) -> str:
    """Returns median, minimum and maximum."""
    if not values:
        return ""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def table(head: list, rows: list) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


WORKS = {"plain": "plain", "allow": "allow", "deny": "deny"}


def works(lines: list) -> str:
    rows = [[line.server.label, line.work, spread(line.values("cpu")), spread(line.values("rps"), 0),
             spread([value / 1000 for value in line.values("p99")]), spread(line.values("heap"), 0),
             f"{sum(line.values('asked')):,} of {sum(line.values('requests')):,}"] for line in lines]
    text = table(["", "work", "CPU µs per request", "requests/s", "p99 at saturation, ms", "heap bytes per request",
                  "reached the backend"], rows)
    at_rate = [line for line in lines if line.fixed_rate]
    if at_rate:
        rows = [[line.server.label, line.work, f"{median(each['rps'] for each in line.fixed_rate):,.0f}",
                 *(spread([each[key] for each in line.fixed_rate], 0) for key in ("p50", "p90", "p99"))]
                for line in at_rate]
        text += ("\n\nAt 60 % of its own saturation, counted from when a request should have gone out:\n\n"
                 + table(["", "work", "requests/s", "p50 µs", "p90 µs", "p99 µs"], rows))
    return text + "\n" + enforcement(lines)


def enforcement(lines: list) -> str:
    """Says for each gateway what deciding adds to the same match and forward, and how it stands next to the others."""
    found = {(line.server.label, line.work): median(line.values("cpu")) for line in lines if line.results}
    text = []
    for label in dict.fromkeys(line.server.label for line in lines if line.server.name == "scopegate"):
        parts = []
        allow, plain, deny = (found.get((label, work)) for work in ("allow", "plain", "deny"))
        nginx = found.get(("nginx", "plain"))
        if allow and plain:
            parts.append(f"enforcement on top of the same match and forward {allow - plain:+.2f} µs")
        for name, own in (("plain", plain), ("allowed", allow), ("denied", deny)):
            if own and nginx:
                parts.append(f"{name} next to nginx plain {own / nginx:.2f}×")
        for (other, work), value in found.items():
            if allow and work == "allow" and not other.startswith("scopegate"):
                parts.append(f"{other} takes {value / allow:.2f}×")
        if parts:
            text.append(f"\n{label}: {'; '.join(parts)}")
    return "\n".join(text)


def growing(lines: list, of, unit: str) -> str:
    """One row for each server, one column for each size, and what the largest costs next to the smallest."""
    sizes = list(dict.fromkeys(of(line) for line in lines))
    rows = []
    for label, work in dict.fromkeys((line.server.label.split(",")[0] if unit == "tokens" else line.server.label,
                                      line.work) for line in lines):
        own = {of(line): line for line in lines
               if line.server.label.startswith(label) and line.work == work and line.results}
        if len(own) < 2:
            continue
        cost = {size: median(own[size].values("cpu")) for size in own}
        first, last = min(cost), max(cost)
        rows.append([f"{label}, {work}", *(spread(own[size].values("cpu")) if size in own else "" for size in sizes),
                     f"{cost[last] / cost[first]:.2f}×", f"{(cost[last] - cost[first]) / (last - first):.4f}"])
    return table(["CPU µs per request", *(f"{size:,} {unit}" for size in sizes), "last to first", "µs for each more"],
                 rows)


def routes(lines: list) -> str:
    return growing(lines, lambda line: line.server.routes, "routes")


def fields(lines: list) -> str:
    return growing(lines, lambda line: line.requests.fields, "fields")


def tokens(lines: list) -> str:
    return growing(lines, lambda line: int(line.server.label.split()[-2].replace(",", "")), "tokens")


PROTOCOLS = {"http": "HTTP/1.1", "https": "HTTP/1.1, TLS", "h2c": "HTTP/2, 100 streams", "h2": "HTTP/2, 100 streams, TLS"}


def protocols(lines: list) -> str:
    nginx = {line.protocol: median(line.values("cpu")) for line in lines if line.server.name == "nginx"}
    rows = []
    for line in lines:
        cpu = line.values("cpu")
        ratio = f"{median(cpu) / nginx[line.protocol]:.2f}×" if line.protocol in nginx else ""
        rows.append([line.server.label, line.work, PROTOCOLS[line.protocol], spread(cpu), spread(line.values("rps"), 0),
                     ratio])
    return table(["", "work", "protocol", "CPU µs per request", "requests/s", "next to nginx"], rows)


def start(lines: list) -> str:
    rows = [[line.server.label, spread(line.values("start"), 0),
             *(f"{line.values(key)[0]:.0f}" for key in ("idle", "loaded", "highest"))] for line in lines]
    return table(["", "start to first allowed 200, ms", "resident idle, MiB", "under load, MiB", "highest, MiB"], rows)


TITLES = {
    "works": "Plain, allowed, denied",
    "routes": "More routes",
    "fields": "More header fields",
    "protocols": "HTTP/2 and TLS",
    "tokens": "More tokens",
    "start": "Start and memory"}


def markdown(name: str, lines: list) -> str:
    return f"### {TITLES[name]}\n\n{globals()[name](lines)}\n"


def raw(line: Line) -> dict:
    return {"server": line.server.label, "routes": line.server.routes, "work": line.work, "protocol": line.protocol,
            "fields": line.requests.fields, "results": line.results, "fixed_rate": line.fixed_rate}
