"""What is measured: a server under a name, and the backend behind them all."""
import itertools
import json
import re
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from load import Requests
from processes import GATEWAY_CORE, LOAD_CORE, RUN, Failed, Process, answer, run

BACKEND, BACKEND_STATUS, ASKED = 19000, 19001, 19002
ports = itertools.count(19010)
SCOPES = [f"s{i}:read" for i in range(10)]


@dataclass
class Tokens:
    """The token that may, the one that may not."""

    allow: str
    deny: str


@dataclass
class Server:
    """A gateway under test: how it is started, where it answers."""

    name: str
    label: str
    argv: list
    tokens: Tokens
    ports: dict
    warm: float = 1
    routes: int = 10
    works: tuple = ("plain", "allow", "deny")
    env: dict = field(default_factory=dict)
    cwd: Path = RUN
    java: Path | None = None
    process: Process | None = None

    def __post_init__(self):
        self.id = re.sub(r"[^a-z0-9]+", "-", f"{self.label}-{self.routes}".lower())

    def requests(self, work: str, fields: int = 2) -> Requests:
        if work == "plain":
            return Requests("/open", self.routes, "", fields)
        return Requests("/api", self.routes, self.tokens.allow if work == "allow" else self.tokens.deny, fields)

    def start(self, core: str = GATEWAY_CORE) -> float:
        """Starts it and returns after how many seconds the first allowed request was answered."""
        self.process = Process(self.id, self.argv, core, self.env, self.cwd)
        work = "allow" if "allow" in self.works else "plain"
        seconds = self.process.await_answer(self.ports["http"], self.requests(work).probe(), 200)
        for each in self.works:
            expected = 403 if each == "deny" else 200
            found = answer(self.ports["http"], self.requests(each).probe())
            if found != expected:
                raise Failed(f"{self.label}: {each} answers {found} instead of {expected}")
        return seconds

    def allocated(self) -> float | None:
        """Returns how many bytes all its threads have allocated so far, if it runs on a JVM."""
        if self.java is None:
            return None
        jcmd = self.java.parent / "jcmd"
        out = subprocess.run(["taskset", "-c", LOAD_CORE, jcmd, str(self.process.pid), "Thread.print", "-e"],
                             capture_output=True, text=True, timeout=30).stdout
        units = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
        return sum(int(number) * units[unit] for number, unit in re.findall(r"allocated=(\d+)([BKMG])", out))


class Backend:
    """An nginx with 1 KiB of JSON that knows how often it was asked; beside it, another that says whether a token will do."""

    def __init__(self, tokens: Tokens):
        body = json.dumps({"items": [{"id": i, "name": f"item-{i}", "state": "open"} for i in range(18)]})
        body = body[:1024].ljust(1024)
        write_nginx("backend", f"""
server {{ listen 127.0.0.1:{BACKEND} backlog=4096;
  location / {{ default_type application/json; return 200 '{body}'; }} }}
server {{ listen 127.0.0.1:{BACKEND_STATUS}; location / {{ stub_status; }} }}""")
        grants = "".join(f'"Bearer {tokens.allow}|{scope}" 200;' for scope in SCOPES)
        write_nginx("asked", f"""
map_hash_bucket_size 256;
map $http_x_forwarded_uri $need {{ "~^/api/v1/r[0-9]*(?<d>[0-9])/[^/]+/items$" "s${{d}}:read"; default "none"; }}
map "$http_authorization|$need" $verdict {{ default 403; {grants} }}
server {{ listen 127.0.0.1:{ASKED} backlog=4096; location / {{ if ($verdict = 403) {{ return 403; }} return 200 ''; }} }}""")
        self.looks = 0
        self.processes = [Process(name, nginx_argv(name), LOAD_CORE) for name in ("backend", "asked")]
        ask = b"GET / HTTP/1.1\r\nHost: backend\r\nConnection: close\r\n\r\n"
        for process, port, expected in zip(self.processes, (BACKEND, ASKED), (200, 403)):
            process.await_answer(port, ask, expected)

    def end(self) -> None:
        for process in self.processes:
            process.end()

    def asked(self) -> int:
        """Returns how many requests have come in, also those of which only the first byte has, when no more come."""
        last, now = -1, self.count()
        while now != last:
            time.sleep(0.02)
            last, now = now, self.count()
        return now

    def count(self) -> int:
        with socket.create_connection(("127.0.0.1", BACKEND_STATUS), 5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            text = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
        # This request is counted, too.
        self.looks += 1
        return int(text.split("requests\n")[1].split()[2]) - self.looks


def write_nginx(name: str, http: str) -> None:
    folders = " ".join(f"{kind}_temp_path {RUN}/{name}-{kind};"
                       for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (RUN / f"{name}.conf").write_text(f"""
worker_processes 1; pid {RUN}/{name}.pid; error_log {RUN}/{name}.err crit; daemon off; worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on; server_tokens off;
{folders}
{http}
}}""")


def nginx_argv(name: str) -> list:
    return ["nginx", "-e", RUN / f"{name}.err", "-c", RUN / f"{name}.conf"]


def certificate() -> tuple:
    """Returns the files of a certificate and its key, made once."""
    crt, key = RUN / "tls.crt", RUN / "tls.key"
    if not crt.exists():
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", crt],
            "0,1", 30)
    return crt, key
