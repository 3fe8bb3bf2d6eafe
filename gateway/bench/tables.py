"""The tables of the bench: which servers do which work, in rounds that go round all of them."""
import sys
import time
from dataclasses import dataclass, field

import load
import peers
from gateway import gateway, identities
from load import Requests, TokenRequests
from processes import BOTH_CORES, Failed
from servers import Backend, Server, Tokens


@dataclass
class Line:
    """One kind of work of one server, and what was measured."""

    server: Server
    work: str
    requests: Requests
    protocol: str = "http"
    label: str = ""
    results: list = field(default_factory=list)
    fixed_rate: list = field(default_factory=list)
    sent: int = 0

    def values(self, key: str) -> list:
        return [each[key] for each in self.results if each.get(key) is not None]


class Bench:
    """The options of a run, the backend, and what has been measured."""

    def __init__(self, options, programs: list, java):
        self.options = options
        self.programs = programs
        self.java = java
        allow, deny = (identities(programs[0], 0) / "two").read_text().split()
        self.tokens = Tokens(allow, deny)
        self.backend = Backend(self.tokens)
        self.running = []
        self.seconds = options.seconds
        self.warm_seconds = options.warm

    def be_brief(self) -> None:
        """Takes two thirds of the time from now on: what follows is compared within its own lines."""
        self.seconds = max(1, self.options.seconds * 2 // 3)
        self.warm_seconds = max(1, self.options.warm * 2 // 3)

    def wanted(self, name: str) -> bool:
        return not self.options.peers or name in self.options.peers

    def gateways(self, **arguments) -> list:
        return [gateway(program, **arguments) for program in self.programs] if self.wanted("scopegate") else []

    def others(self, names: list, routes: int = 10) -> list:
        makers = {
            "nginx": lambda: peers.nginx(self.tokens, routes),
            "haproxy": lambda: peers.haproxy(self.tokens, routes),
            "envoy": lambda: peers.envoy_lua(self.tokens, routes),
            "envoy-jwt": lambda: peers.envoy_jwt(self.tokens, routes),
            "vertx": lambda: peers.vertx(self.tokens, self.java, routes),
            "spring": lambda: peers.spring(self.tokens, self.java, routes),
            "caddy": lambda: peers.caddy(self.tokens),
            "traefik": lambda: peers.traefik(self.tokens)}
        return [makers[name]() for name in names if self.wanted(name)]

    def start(self, servers: list) -> None:
        for server in servers:
            say(f"start {server.label}, {server.routes} routes")
            self.running.append(server)
            server.start()

    def end(self) -> None:
        for server in self.running:
            if server.process:
                server.process.end()
        self.running.clear()

    def close(self) -> None:
        self.end()
        self.backend.end()

    def send(self, line: Line, seconds: float) -> dict:
        port = line.server.ports[line.protocol]
        secure = line.protocol in ("https", "h2")
        connections = self.options.connections
        if isinstance(line.requests, TokenRequests):
            # Each goes on where the one before ended, so that all tokens are used, in turns.
            found = load.open_loop(line.requests, port, seconds, connections, 0, line.sent)
            line.sent += found["requests"]
            return found
        if line.protocol in ("h2c", "h2"):
            return load.h2load(line.requests, port, seconds, 100, secure)
        return load.wrk(line.requests, port, seconds, connections, secure)

    def measure(self, line: Line, counting_heap: bool) -> dict:
        process = line.server.process
        asked = self.backend.asked()
        heap = line.server.allocated() if counting_heap else None
        cpu = process.cpu_seconds()
        found = self.send(line, self.seconds)
        found["cpu"] = (process.cpu_seconds() - cpu) * 1e6 / found["requests"]
        if heap is not None:
            found["heap"] = (line.server.allocated() - heap) / found["requests"]
        found["asked"] = self.backend.asked() - asked
        found["memory"] = process.memory()
        expected = found["requests"] if line.work == "deny" else 0
        # Those under way at the end are not among the requests of wrk, but may be among its refusals.
        if found["errors"] or abs(found["refused"] - expected) > 128:
            raise Failed(f"{line.server.label}, {line.work}: {found}")
        if line.work == "deny" and line.server.name == "scopegate" and found["asked"]:
            raise Failed(f"{line.server.label}: {found['asked']} refused requests reached the backend")
        return found

    def warm(self, lines: list) -> None:
        share = {"allow": 1, "plain": .5, "deny": .4}
        warmed = set()
        for line in lines:
            kind = (id(line.server), line.work, line.protocol)
            on_jvm = line.server.warm > 1 and kind not in warmed
            warmed.add(kind)
            say(f"warm {describe(line)}")
            self.send(line, max(1, round(self.warm_seconds * share[line.work])) if on_jvm else 1)
            while isinstance(line.requests, TokenRequests) and line.sent < line.requests.count():
                self.send(line, 10)

    def rounds(self, lines: list, counting_heap: bool = False) -> None:
        for number in range(self.options.rounds):
            for line in lines:
                found = self.measure(line, counting_heap and line.server.name == "scopegate")
                line.results.append(found)
                say(f"round {number + 1}: {describe(line)}: {found['cpu']:.1f} µs, {found['rps']:,.0f}/s")

    def compare(self, servers: list, lines: list) -> list:
        """Starts the servers, measures the lines in turns and ends the servers."""
        self.start(servers)
        self.warm(lines)
        self.rounds(lines)
        self.end()
        return lines

    def fixed_rates(self, lines: list) -> None:
        for number in range(self.options.rounds):
            for line in lines:
                saturation = sorted(line.values("rps"))[len(line.results) // 2]
                try:
                    found = load.open_loop(line.requests, line.server.ports["http"], self.options.seconds,
                                           self.options.connections, saturation * .6)
                except Failed as failure:
                    # A moment in which the host gave the load no processor: no figure, but no end of the bench either.
                    say(f"rate {number + 1}: {describe(line)}: {failure}")
                    continue
                line.fixed_rate.append(found)
                say(f"rate {number + 1}: {describe(line)}: {found['p50']}, {found['p90']}, {found['p99']} µs")


def describe(line: Line) -> str:
    return f"{line.label or line.server.label}, {line.server.routes} routes, {line.work} {line.protocol}"


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


ALL = ["nginx", "haproxy", "vertx", "envoy", "envoy-jwt", "spring", "caddy", "traefik"]


def works(bench: Bench) -> list:
    """Plain, allow and deny, everyone."""
    servers = [*bench.others(ALL, bench.options.routes), *bench.gateways(routes=bench.options.routes)]
    lines = [Line(server, work, server.requests(work, bench.options.fields))
             for server in servers for work in server.works if work in bench.options.only]
    bench.start(servers)
    bench.warm(lines)
    bench.rounds(lines, counting_heap=True)
    if bench.options.latency:
        bench.fixed_rates([line for line in lines if line.work == "allow"
                           or line.work == "plain" and line.server.name == "nginx"])
    bench.end()
    bench.be_brief()
    return lines


def routes(bench: Bench) -> list:
    """The allowed request, with 10, 1,000 and 10,000 routes, for those that have a table of them."""
    servers = [server for count in (10, 1000, 10000)
               for server in [*bench.others(["nginx", "haproxy", "envoy", "spring"], count),
                              *bench.gateways(routes=count)]]
    servers.sort(key=lambda server: server.label)
    lines = [Line(server, "allow", server.requests("allow")) for server in servers]
    return bench.compare(servers, lines)


def fields(bench: Bench) -> list:
    """The allowed request with 1, 20 and 40 header fields besides Host and Authorization."""
    servers = [*bench.others(["nginx", "haproxy"]), *bench.gateways()]
    lines = [Line(server, work, server.requests(work, count))
             for server in servers for work in (["plain"] if server.name == "nginx" else ["allow"])
             for count in (1, 20, 40)]
    return bench.compare(servers, lines)


def protocols(bench: Bench) -> list:
    """HTTP/1.1 and HTTP/2 with 100 streams, in clear text and over TLS."""
    servers = ([peers.nginx(bench.tokens, tls=True)] if bench.wanted("nginx") else []) + bench.gateways(tls=True)
    lines = []
    for server in servers:
        server.ports["h2"] = server.ports["https"]
        lines += [Line(server, work, server.requests(work), protocol)
                  for protocol in ("http", "https", "h2c", "h2")
                  for work in (["plain"] if server.name == "nginx" else ["plain", "allow"])]
    return bench.compare(servers, lines)


def tokens(bench: Bench) -> list:
    """The allowed request with 1,000 and 1,000,000 tokens, every one of them used."""
    servers, lines = [], []
    for count in (1000, bench.options.tokens):
        for server in bench.gateways(tokens=count):
            servers.append(server)
            values = identities(bench.programs[0], count) / "values"
            lines.append(Line(server, "allow", TokenRequests("/api", tokens=values)))
    return bench.compare(servers, lines)


def starts(bench: Bench) -> list:
    """From the start of the process to the first allowed request answered, on both cores; memory then and under load."""
    servers = [*bench.others(ALL), *bench.gateways(tokens=10000)]
    lines = []
    for server in servers:
        requests = server.requests("allow")
        if server.name == "scopegate":
            requests = TokenRequests("/api", tokens=identities(bench.programs[0], 10000) / "values")
        lines.append(Line(server, "allow", requests))
    for number in range(bench.options.rounds):
        for line in lines:
            bench.running.append(line.server)
            found = {"start": line.server.start(BOTH_CORES) * 1000}
            if number == bench.options.rounds - 1:
                time.sleep(6)
                found["idle"] = line.server.process.memory()
                bench.send(line, bench.warm_seconds if line.server.warm > 1 else bench.seconds)
                found["loaded"] = line.server.process.memory()
                found["highest"] = line.server.process.memory("VmHWM")
            line.results.append(found)
            say(f"{line.server.label}: {', '.join(f'{key} {value:.0f}' for key, value in found.items())}")
            bench.end()
    return lines


TABLES = {"works": works, "routes": routes, "fields": fields, "protocols": protocols, "tokens": tokens, "start": starts}
