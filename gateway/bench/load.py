"""Requests, and the programs that send them: wrk and h2load as fast as they can, open_loop at a fixed rate."""
import json
import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from processes import HERE, LOAD_CORE, RUN, TARGET, Failed, run

DISTINCT = 4096
SEPARATOR = "\x01"

# What clients send, then more of the same kind.
FIELDS = [
    ("Accept", "application/json"),
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("Accept-Encoding", "gzip, deflate, br"),
    ("Accept-Language", "en-GB,en;q=0.7,de;q=0.3"),
    ("Cache-Control", "no-cache"),
    ("Referer", "https://app.example.com/projects/42"),
    ("Sec-Fetch-Dest", "empty"),
    ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "same-site"),
    ("X-Request-Id", "5f0c3d1e9b7a4286"),
] + [(f"X-Client-Field-{i}", f"value {i} of a field") for i in range(10, 64)]


@dataclass(frozen=True)
class Requests:
    """What is asked for: a prefix, how many routes are used, whose token, how many further fields."""

    prefix: str
    routes: int = 10
    token: str = ""
    fields: int = 2

    def path(self, route: int, item: int) -> str:
        return f"{self.prefix}/v1/r{route}/{item:010x}/items"

    def one(self, token: str | None = None, route: int = 0, item: int = 1, extra: str = "") -> str:
        """Returns one request."""
        token = self.token if token is None else token
        lines = [f"GET {self.path(route, item)} HTTP/1.1", "Host: 127.0.0.1"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        lines += [f"{name}: {value}" for name, value in FIELDS[:self.fields]]
        return "\r\n".join(lines) + f"\r\n{extra}\r\n"

    def probe(self) -> bytes:
        """Returns one request whose answer ends the connection."""
        return self.one(extra="Connection: close\r\n").encode()

    def paths(self) -> list:
        chance = random.Random(self.routes)
        count = DISTINCT if self.routes <= 1000 else 5 * DISTINCT
        return [(chance.randrange(self.routes), chance.randrange(1 << 40)) for _ in range(count)]

    @cache
    def file(self) -> Path:
        """Returns the file with the requests as they are sent."""
        path = RUN / f"requests-{abs(hash(self)):x}"
        path.write_text(SEPARATOR.join(self.one(route=route, item=item) for route, item in self.paths()))
        return path


@dataclass(frozen=True)
class TokenRequests(Requests):
    """The same, each with the next of many tokens."""

    tokens: Path = Path()

    @cache
    def count(self) -> int:
        return len(self.tokens.read_text().split())

    @cache
    def file(self) -> Path:
        path = RUN / f"requests-{self.tokens.parent.name}"
        chance = random.Random(7)
        tokens = self.tokens.read_text().split()
        chance.shuffle(tokens)
        path.write_text(SEPARATOR.join(
            self.one(token, chance.randrange(self.routes), chance.randrange(1 << 40)) for token in tokens))
        return path


LUA = """
local requests, i = {}, 0
function init(args)
  local file = assert(io.open(args[1], "rb"))
  for one in file:read("*a"):gmatch("[^\\1]+") do requests[#requests + 1] = one end
  file:close()
  i = math.random(#requests)
end
function request() i = i % #requests + 1; return requests[i] end
function done(summary, latency, _)
  io.write(string.format(
    'JSON {"requests": %d, "us": %d, "refused": %d, "errors": %d, "p50": %d, "p90": %d, "p99": %d}\\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99)))
end
"""


def wrk(requests: Requests, port: int, seconds: float, connections: int, secure: bool = False) -> dict:
    """Loads a port over HTTP/1.1 as fast as it answers."""
    script = RUN / "load.lua"
    script.write_text(LUA)
    # Long enough for who needs milliseconds of processor time for each of 64 that wait.
    out = run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script,
               f"{'https' if secure else 'http'}://127.0.0.1:{port}", "--", requests.file()], LOAD_CORE, seconds + 30)
    found = json.loads(re.search(r"JSON (.*)", out)[1])
    return {**found, "rps": found["requests"] * 1e6 / found["us"]}


def h2load(requests: Requests, port: int, seconds: float, streams: int, secure: bool = False) -> dict:
    """Loads a port over one connection of HTTP/2 as fast as it answers."""
    base = f"{'https' if secure else 'http'}://127.0.0.1:{port}"
    uris = requests.file().with_suffix(f".{port}.uris")
    uris.write_text("\n".join(base + requests.path(*each) for each in requests.paths()) + "\n")
    fields = [("authorization", f"Bearer {requests.token}")] if requests.token else []
    fields += FIELDS[:requests.fields]
    out = run(["h2load", "-c1", "-t1", f"-m{streams}", "-D", int(seconds), "-i", uris,
               *(word for name, value in fields for word in ("-H", f"{name.lower()}: {value}"))],
              LOAD_CORE, seconds + 30)
    rps = float(re.search(r"finished in [\d.]+\w+, ([\d.]+) req/s", out)[1])
    done, succeeded, failed, errored = map(int, re.search(
        r"(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", out).groups())
    refused = int(re.search(r"(\d+) 4xx", out)[1])
    return {"requests": done, "rps": rps, "refused": refused, "errors": errored + failed - refused}


def open_loop(requests: Requests, port: int, seconds: float, connections: int, rate: float, first: int = 0) -> dict:
    """Sends at a fixed rate, beginning with one of the requests, and counts from when each should have gone out; as fast
    as it goes if 0."""
    found = json.loads(run([compiled(), port, connections, seconds, int(rate), requests.file(), first],
                           LOAD_CORE, seconds + 60))
    if found["unsent"] > rate:
        raise Failed(f"{found['unsent']} requests were not sent in time")
    return found


def compiled() -> Path:
    """Returns the program of open_loop.c, compiled if it is not yet."""
    program, source = TARGET / "open_loop", HERE / "open_loop.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source], "0,1", 60)
    return program
