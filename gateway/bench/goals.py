"""What was to be shown, next to what was."""
from statistics import median

from gateway import release
from report import table


class Found:
    """The medians of one run, by what was measured."""

    def __init__(self, found: dict, gateway: str):
        self.found = found
        self.gateway = gateway

    def lines(self, name: str, server: str, **wanted) -> list:
        return [line for line in self.found.get(name, [])
                if (line.server.label == server or line.server.label.startswith(server + ", "))
                and all(getattr(line, key) == value for key, value in wanted.items()) and line.results]

    def of(self, name: str, server: str, key: str = "cpu", **wanted) -> float | None:
        lines = self.lines(name, server, **wanted)
        return median(lines[0].values(key)) if lines else None

    def at_rate(self, server: str, work: str, key: str) -> float | None:
        lines = [line for line in self.lines("works", server, work=work) if line.fixed_rate]
        return median(each[key] for each in lines[0].fixed_rate) if lines else None


def ratio(above, below):
    return above / below if above and below else None


def difference(above, below):
    return above - below if above is not None and below is not None else None


def by_size(found: Found, name: str, size) -> list:
    lines = found.lines(name, found.gateway, work="allow")
    return [median(line.values("cpu")) for line in sorted(lines, key=size)]


def goals(found: Found) -> list:
    """Returns what each figure is, its limit, whether that is the most or the least, and the unit."""
    me = found.gateway
    allow = found.of("works", me, work="allow")
    nginx = found.of("works", "nginx", work="plain")
    rows = [
        ("allowed, next to nginx plain", ratio(allow, nginx), 1.1, "most", "×"),
        ("allowed, next to HAProxy with maps",
         ratio(allow, found.of("works", "HAProxy, maps", work="allow")), 0.95, "most", "×")]
    for other, least in (("Vert.x", 2), ("Envoy, Lua table", 3.5), ("Envoy, jwt_authn + RBAC, cached", 4.5),
                         ("Spring Cloud Gateway", 8), ("Caddy, forward_auth", 11), ("Traefik, forwardAuth", 13)):
        rows.append((f"{other}, next to ours", ratio(found.of("works", other, work="allow"), allow), least, "least", "×"))
    rows += [
        ("enforcement on top of the same match and forward",
         difference(allow, found.of("works", me, work="plain")), 0.8, "most", " µs"),
        ("denied, next to nginx plain", ratio(found.of("works", me, work="deny"), nginx), 0.52, "most", "×"),
        ("p50 at 60 %, above nginx plain",
         difference(found.at_rate(me, "allow", "p50"), found.at_rate("nginx", "plain", "p50")), 50, "most", " µs"),
        ("p90 at 60 %, above nginx plain",
         difference(found.at_rate(me, "allow", "p90"), found.at_rate("nginx", "plain", "p90")), 150, "most", " µs")]
    sizes = by_size(found, "routes", lambda line: line.server.routes)
    rows.append(("10 to 10,000 routes", ratio(sizes[-1], sizes[0]) if len(sizes) > 1 else None, 1.05, "most", "×"))
    sizes = by_size(found, "tokens", lambda line: int(line.server.label.split()[-2].replace(",", "")))
    rows.append(("1,000 to 1,000,000 tokens", ratio(sizes[-1], sizes[0]) if len(sizes) > 1 else None, 1.25, "most", "×"))
    sizes = by_size(found, "fields", lambda line: line.requests.fields)
    rows.append(("each further request field", (sizes[-1] - sizes[0]) / 39 if len(sizes) > 1 else None, 0.06, "most",
                 " µs"))
    h2 = found.of("protocols", me, work="allow", protocol="h2c")
    rows.append(("HTTP/2, 100 streams, next to nginx",
                 ratio(h2, found.of("protocols", "nginx", work="plain", protocol="h2c")), 1.5, "most", "×"))
    # Megabytes here, as the goals have them.
    megabytes = 1.048576
    for name, key, most in (("resident idle", "idle", 120), ("resident under load, 10,000 tokens", "loaded", 200)):
        value = found.of("start", me, key)
        rows.append((name, value and value * megabytes, most, "most", " MB"))
    started = found.lines("start", me)
    most = 900 if started and release(started[0].server.java.parent.parent) == "17" else 600
    rows.append(("start to first allowed 200", found.of("start", me, "start"), most, "most", " ms"))
    rows.append(("heap allocated per request", found.of("works", me, "heap", work="allow"), 1024, "most", " bytes"))
    return rows


def markdown(found: dict) -> str:
    """Returns the goals that this run says something about, for each gateway in it."""
    gateways = list(dict.fromkeys(line.server.label.split(",")[0] for lines in found.values() for line in lines
                                  if line.server.name == "scopegate"))
    columns = [goals(Found(found, gateway)) for gateway in gateways]
    rows = []
    for each in zip(*columns):
        name, _, limit, kind, unit = each[0]
        values = [value for _, value, *_ in each]
        if any(value is not None for value in values):
            limits = "/".join(dict.fromkeys(f"{row[2]:g}" for row in each))
            rows.append([name, f"at {kind} {limits}{unit}",
                         *(shown(value, row[2], kind, unit) for value, row in zip(values, each))])
    return f"### Goals\n\n{table(['', 'goal', *gateways], rows)}\n" if rows else ""


def shown(value: float | None, limit: float, kind: str, unit: str) -> str:
    if value is None:
        return ""
    met = value <= limit if kind == "most" else value >= limit
    digits = 0 if abs(value) >= 20 else 2
    return f"{value:,.{digits}f}{unit}" + ("" if met else ", **missed**")
