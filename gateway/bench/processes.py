"""Processes on their cores: started, measured and ended here, and none but these."""
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE / "target"
RUN = TARGET / "run"
TICKS = os.sysconf("SC_CLK_TCK")
GATEWAY_CORE, LOAD_CORE, BOTH_CORES = "0", "1", "0,1"


class Failed(Exception):
    """What keeps a measurement from being one."""


class Process:
    """A process on its cores, whose output goes to a file."""

    def __init__(self, name: str, argv: list, core: str, env: dict | None = None, cwd: Path = RUN):
        self.name = name
        self.log = RUN / f"{name}.log"
        self.started = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                ["taskset", "-c", core, *map(str, argv)], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                env={**os.environ, **(env or {})})

    @property
    def pid(self) -> int:
        return self.process.pid

    def family(self) -> list:
        """Returns its id and those of all its descendants."""
        return family(self.process.pid)

    def cpu_seconds(self) -> float:
        """Returns user and system time of the whole family so far."""
        total = 0
        for pid in self.family():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory(self, line: str = "VmRSS") -> float:
        """Returns resident memory of the whole family in MiB; VmHWM is the highest so far."""
        total = 0
        for pid in self.family():
            try:
                total += int(re.search(rf"{line}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
            except (OSError, TypeError):
                continue
        return total / 1024

    def await_answer(self, port: int, ask: bytes, expected: int, seconds: float = 90) -> float:
        """Returns after how many seconds from its start it gave the expected answer."""
        status = 0
        while time.monotonic() - self.started < seconds:
            if self.process.poll() is not None:
                break
            status = answer(port, ask)
            if status == expected:
                return time.monotonic() - self.started
            time.sleep(0.004)
        tail = self.log.read_text(errors="replace")[-2000:]
        raise Failed(f"{self.name} answers {status} instead of {expected} on port {port}\n{tail}")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def family(pid: int) -> list:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid] + [each for child in children for each in family(int(child))]


def answer(port: int, request: bytes, secure: bool = False) -> int:
    """Returns the status of the answer to one request, 0 if there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as plain:
            plain.settimeout(5)
            if secure:
                context = ssl._create_unverified_context()
                with context.wrap_socket(plain) as connection:
                    connection.sendall(request)
                    return int(connection.recv(65536)[9:12])
            plain.sendall(request)
            return int(plain.recv(65536)[9:12])
    except (OSError, ValueError):
        return 0


def run(argv: list, core: str, seconds: float, cwd: Path = RUN) -> str:
    """Runs a program to its end and returns what it printed."""
    done = subprocess.run(["taskset", "-c", core, *map(str, argv)], capture_output=True, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL, cwd=cwd)
    if done.returncode != 0:
        raise Failed(f"`{' '.join(map(str, argv))}`: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
