#!/usr/bin/env python3
"""Measures what deciding costs: requests per second and CPU microseconds per request of the gateway process.

Starts a backend (nginx, 1 KiB of JSON), nginx as a plain proxy and scopegate, and loads them in turn with wrk, several
rounds in one run. The gateway under test is pinned to core 0, wrk and the backend to core 1. Everything is on loopback,
every load is bounded in time, and only the processes started here are ended.

usage: bench.py [--seconds 8] [--rounds 3] [--connections 64] [--warm 20] [--routes 10]
needs: nginx and wrk (apt), and the gateway built (./mvnw -DskipTests package)
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
GATEWAY = HERE.parent
WORK = GATEWAY / "target" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
BACKEND, PLAIN, EDGE, ADMIN = 19000, 19001, 19002, 19003


def nginx(name: str, server: str) -> Path:
    path = WORK / f"{name}.conf"
    folders = " ".join(
        f"{kind}_temp_path {WORK}/{name}-{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path.write_text(
        f"worker_processes 1; pid {WORK}/{name}.pid; error_log {WORK}/{name}.err crit; daemon off;\n"
        f"worker_rlimit_nofile 20000; events {{ worker_connections 8192; }}\n"
        f"http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on; "
        f"server_tokens off; {folders}\n{server} }}\n")
    return path


def write_files(routes: int) -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    body = json.dumps({"items": [{"id": i, "name": f"item-{i}", "state": "open"} for i in range(18)]})
    body = body[:1024].ljust(1024)
    nginx("backend", f"server {{ listen 127.0.0.1:{BACKEND} backlog=4096; "
          f"location / {{ default_type application/json; return 200 '{body}'; }} }}")
    nginx("plain", f"upstream be {{ server 127.0.0.1:{BACKEND}; keepalive 128; keepalive_requests 1000000000; }}\n"
          f"server {{ listen 127.0.0.1:{PLAIN} backlog=4096; location / {{ proxy_pass http://be; "
          f"proxy_http_version 1.1; proxy_set_header Connection \"\"; }} }}")
    rows = "\n".join(
        f"  - {{ match: 'GET /api/v1/r{i}/{{id}}/items', require: s{i % 10}:read }}\n"
        f"  - {{ match: 'GET /open/v1/r{i}/{{id}}/items', access: public }}" for i in range(routes))
    permissions = "\n".join(f"  s{i}:read: Read s{i}" for i in range(10))
    (WORK / "routes.yaml").write_text(
        f"apiVersion: scopegate/v1\npermissions:\n{permissions}\n  other:read: Read others\n"
        "roles:\n  organization:\n    MEMBER: { grants: ['*'] }\n"
        "places:\n  organization: [{ from: token }]\n"
        f"backend: core\nroutes:\n{rows}\n")
    (WORK / "identities.yaml").write_text(
        "apiVersion: scopegate/v1\norganizations:\n  acme: { members: { bob: [MEMBER] } }\ntokens:\n"
        f"  - {{ subject: bob, name: allow, scopes: [{', '.join(f's{i}:read' for i in range(10))}] }}\n"
        "  - { subject: bob, name: deny, scopes: ['other:read'] }\n")
    (WORK / "gateway.yaml").write_text(
        "apiVersion: scopegate/v1\nroutes: routes.yaml\ndata: data\n"
        f"listeners: [{{ address: '127.0.0.1:{EDGE}' }}]\nadmin: {{ address: '127.0.0.1:{ADMIN}' }}\n"
        f"backends: {{ core: {{ urls: ['http://127.0.0.1:{BACKEND}'] }} }}\n")
    (WORK / "load.lua").write_text("""
local requests, i = {}, 0
function init(args)
  local prefix, token, routes = args[1], args[2], tonumber(args[3])
  for n = 1, 4096 do
    local headers = { ["Host"] = "127.0.0.1", ["User-Agent"] = "bench", ["Accept"] = "application/json" }
    if token ~= "-" then headers["Authorization"] = "Bearer " .. token end
    local path = string.format("%s/v1/r%d/%010x/items", prefix, math.random(0, routes - 1), math.random(0, 2147483647))
    requests[n] = wrk.format("GET", path, headers)
  end
end
function request() i = i % 4096 + 1; return requests[i] end
function done(summary, latency, _)
  io.write(string.format("JSON {\\"requests\\": %d, \\"us\\": %d, \\"bad\\": %d, \\"errors\\": %d, \\"p99\\": %d}\\n",
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(99)))
end
""")


def start(core: str, argv: list, log: str) -> subprocess.Popen:
    out = open(WORK / f"{log}.log", "wb")
    return subprocess.Popen(["taskset", "-c", core] + [str(a) for a in argv], stdout=out, stderr=out, cwd=WORK)


def await_port(port: int, process: subprocess.Popen) -> None:
    end = time.time() + 60
    while time.time() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nothing answers on port {port}; see {WORK}")


def family(pid: int) -> list:
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [each for child in children for each in family(int(child))]


def cpu_seconds(pids: list) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def load(options, port: int, prefix: str, token: str, seconds: int) -> dict:
    out = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s", "-s", WORK / "load.lua",
         f"http://127.0.0.1:{port}", "--", prefix, token, str(options.routes)],
        capture_output=True, text=True, timeout=seconds + 30).stdout
    return json.loads(re.search(r"JSON (.*)", out)[1])


def status(port: int, path: str, token: str) -> int:
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        credential = "" if token == "-" else f"Authorization: Bearer {token}\r\n"
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{credential}\r\n".encode())
        return int(s.recv(65536)[9:12])


def java() -> str:
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def scopegate(*arguments: str) -> list:
    jar = next(iter(sorted((GATEWAY / "target").glob("gateway-*.jar"))), None)
    if jar is None:
        sys.exit("the gateway is not built: ./mvnw -DskipTests package")
    options = os.environ.get("BENCH_JAVA_OPTIONS", "-XX:+UseParallelGC -Xms256m -Xmx256m").split()
    return [java(), *options, "-cp", f"{jar}:{GATEWAY}/target/lib/*", "io.scopegate.Main", *arguments]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--warm", type=int, default=20)
    parser.add_argument("--routes", type=int, default=10)
    options = parser.parse_args()
    write_files(options.routes)
    imported = subprocess.run(
        [*map(str, scopegate("import", "-c", "gateway.yaml", "identities.yaml", "--output", "json"))],
        cwd=WORK, capture_output=True, text=True)
    if imported.returncode != 0:
        sys.exit(imported.stdout + imported.stderr)
    tokens = {each["name"]: each["value"] for each in json.loads(imported.stdout)["tokens"]}
    running = []
    try:
        running.append(start("1", ["nginx", "-c", WORK / "backend.conf"], "backend"))
        plain = start("0", ["nginx", "-c", WORK / "plain.conf"], "plain")
        edge = start("0", scopegate("run", "-c", "gateway.yaml"), "edge")
        running += [plain, edge]
        for port, process in ((BACKEND, running[0]), (PLAIN, plain), (EDGE, edge)):
            await_port(port, process)
        works = [
            ("nginx, plain proxy", PLAIN, plain, "/api", "-", 200),
            ("scopegate, same match and forward, no credential", EDGE, edge, "/open", "-", 200),
            ("scopegate, allowed with the full decision", EDGE, edge, "/api", tokens["allow"], 200),
            ("scopegate, denied", EDGE, edge, "/api", tokens["deny"], 403)]
        for _, port, _, prefix, token, expected in works:
            found = status(port, f"{prefix}/v1/r0/1/items", token)
            if found != expected:
                sys.exit(f"{prefix} answers {found} instead of {expected}")
            load(options, port, prefix, token, options.warm if port == EDGE else 2)
        results = {name: [] for name, *_ in works}
        for _ in range(options.rounds):
            for name, port, process, prefix, token, expected in works:
                pids = family(process.pid)
                before = cpu_seconds(pids)
                run = load(options, port, prefix, token, options.seconds)
                run["cpu"] = (cpu_seconds(pids) - before) * 1e6 / run["requests"]
                run["rps"] = run["requests"] * 1e6 / run["us"]
                if run["errors"] or (run["bad"] != 0) != (expected >= 400):
                    sys.exit(f"{name}: {run}")
                results[name].append(run)
        memory = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{edge.pid}/status").read_text())[1]) // 1024
        report(results, memory, options)
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(30)


def report(results: dict, memory: int, options) -> None:
    version = subprocess.run([java(), "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    print(f"{version}; {options.routes} routes, {options.connections} connections, "
          f"{options.rounds} rounds of {options.seconds} s; median (minimum–maximum)\n")
    print("| | CPU µs per request | requests/s | p99 at saturation |\n|---|---|---|---|")
    median = {}
    for name, runs in results.items():
        cpu = [run["cpu"] for run in runs]
        rps = [run["rps"] for run in runs]
        median[name] = statistics.median(cpu)
        p99 = statistics.median(run["p99"] for run in runs) / 1000
        print(f"| {name} | {median[name]:.1f} ({min(cpu):.1f}–{max(cpu):.1f}) | {statistics.median(rps):,.0f} "
              f"({min(rps):,.0f}–{max(rps):,.0f}) | {p99:.1f} ms |")
    plain, same, allowed, denied = median.values()
    print(f"\nenforcement on top of the same match and forward: {allowed - same:+.2f} µs; allowed next to nginx plain: "
          f"{allowed / plain:.2f}×; denied next to nginx plain: {denied / plain:.2f}×; highest resident memory: {memory} MiB")


main()
