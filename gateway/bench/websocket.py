#!/usr/bin/env python3
"""Runs the WebSocket fuzzing client (246 Autobahn cases) against an echo server, alone and through the gateway.

Prints every case whose verdict is worse through the gateway than without it, and ends with 1 if there is one.
Everything is on loopback, and only the processes started here are ended.

usage: websocket.py [--include CASE …] [--parallelism 2] [--classes PATH]
needs: kosoku and websockets (PyPI), and the gateway built (./mvnw -DskipTests package), or its class path in a file
"""
import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GATEWAY = Path(__file__).resolve().parent.parent
ECHO = """
import asyncio, websockets.asyncio.server as s
async def echo(ws):
    async for message in ws:
        await ws.send(message)
async def main():
    async with s.serve(echo, "127.0.0.1", 0, max_size=2**26, ping_interval=None, compression="deflate") as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""
GOOD = ("OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED")


def port(process: subprocess.Popen, pattern: str) -> int:
    for line in process.stdout:
        found = re.search(pattern, line)
        if found:
            return int(found.group(1))
    raise SystemExit("a process did not start")


def verdicts(work: Path, name: str, address: str, args: argparse.Namespace) -> dict[str, str]:
    out = work / name
    command = [sys.executable, "-c", "from kosoku._cli import main; main()", "-p", str(args.parallelism), "-o", str(out)]
    for case in args.include:
        command += ["-i", case]
    start = time.monotonic()
    subprocess.run(command + [address], check=False, stdout=subprocess.DEVNULL)
    agents = json.loads((out / "index.json").read_text())
    cases = next(iter(agents.values()))
    found = {case: result["behavior"] + "/" + result["behaviorClose"] for case, result in cases.items()}
    print(f"{name}: {len(found)} cases in {time.monotonic() - start:.0f} s, "
          f"{sum(all(part in GOOD for part in v.split('/')) for v in found.values())} passed", flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--parallelism", type=int, default=2)
    parser.add_argument("--classes", help="a file with a class path, in place of the built jar")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="websocket-"))
    started = []
    try:
        backend = subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True)
        started.append(backend)
        echo = port(backend, r"(\d+)")
        (work / "routes.yaml").write_text(
            "apiVersion: scopegate/v1\nbackend: core\nroutes:\n"
            "  - { match: 'GET /', access: public, upgrade: websocket }\n"
            "  - { match: 'GET /{rest*}', access: public, upgrade: websocket }\n")
        (work / "gateway.yaml").write_text(
            "apiVersion: scopegate/v1\nroutes: routes.yaml\nlisteners: [{ address: '127.0.0.1:0' }]\n"
            "admin: { address: '127.0.0.1:0' }\n"
            f"backends: {{ core: {{ urls: ['http://127.0.0.1:{echo}'] }} }}\n")
        if args.classes:
            program = ["java", "-cp", Path(args.classes).read_text().strip(), "io.scopegate.Main"]
        else:
            program = [str(GATEWAY.parent / "scopegate")]
        gateway = subprocess.Popen(
            program + ["run", "-c", str(work / "gateway.yaml")], stdout=subprocess.PIPE, text=True)
        started.append(gateway)
        edge = port(gateway, r"http://127\.0\.0\.1:(\d+)")
        alone = verdicts(work, "backend alone", f"127.0.0.1:{echo}", args)
        through = verdicts(work, "through the gateway", f"127.0.0.1:{edge}", args)
        worse = [case for case, verdict in alone.items()
                 if any(a in GOOD and b not in GOOD
                        for a, b in zip(verdict.split("/"), through.get(case, "MISSING/MISSING").split("/")))]
        for case in worse:
            print(f"{case}: {alone[case]} alone, {through.get(case)} through the gateway")
        print(f"{len(worse)} cases are worse through the gateway")
        return 1 if worse else 0
    finally:
        for process in started:
            process.terminate()
            process.wait()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
