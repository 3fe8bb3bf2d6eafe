#!/usr/bin/env python3
"""Measures what the gateway costs next to others: CPU time for each request, above all.

A backend (nginx, 1 KiB of JSON) and the load on core 1, the server under test on core 0 with one worker. All servers of a
table run at the same time and take turns within each round, so that noise meets them all. Everything is on loopback,
every load is bounded in time, only processes started here are ended, and no network is needed after setup.sh.

    bench.py                                          everything, with the JDK of JAVA_HOME
    bench.py --jdk DIR --jdk DIR                      the gateway on several JDKs, side by side
    bench.py --jar A --jar B --tables works --peers scopegate,nginx --only allow,deny
                                                      two builds side by side: A B A B A B
"""
import argparse
import json
import shutil
import signal
import sys
import time
from pathlib import Path

import gateway
import report
from processes import RUN, Failed
from tables import TABLES, Bench, say

WORKS = ["plain", "allow", "deny"]


def words(text: str) -> list:
    return text.split(",")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--tables", type=words, default=list(TABLES), help=f"some of {','.join(TABLES)}")
    add("--only", type=words, default=WORKS, help=f"in the table `works`: some of {','.join(WORKS)}")
    add("--peers", type=words, help="scopegate,nginx,haproxy,vertx,envoy,envoy-jwt,spring,caddy,traefik")
    add("--jar", type=Path, action="append", default=[], help="a gateway-*.jar with its lib beside it")
    add("--jdk", type=Path, action="append", default=[], help="the folder of a JDK; peers run on the last one")
    add("--java-options", action="append", default=[], metavar="WORDS",
        help="further options of the gateway's JVM; as --java-options='-Xmx1g'")
    add("--rounds", type=int, default=3)
    add("--seconds", type=int, default=3, help="of each measurement")
    add("--warm", type=int, default=12, help="seconds for each work on a JVM")
    add("--connections", type=int, default=64)
    add("--routes", type=int, default=10, help="in the table `works`")
    add("--fields", type=int, default=2, help="in the table `works`: header fields besides Host and Authorization")
    add("--tokens", type=int, default=1_000_000, help="in the table `tokens`: the larger number")
    add("--no-latency", dest="latency", action="store_false", help="leave out the part at a fixed rate")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    for names, known in ((chosen.tables, TABLES), (chosen.only, WORKS)):
        for name in names:
            if name not in known:
                sys.exit(f"unknown `{name}`; there are {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    begun = time.monotonic()
    bench = None
    try:
        programs = gateway.programs(chosen.jar, chosen.jdk, chosen.java_options)
        bench = Bench(chosen, programs, programs[-1].java)
        found = {}
        for name in chosen.tables:
            lines = TABLES[name](bench)
            found[name] = [report.raw(line) for line in lines]
            (RUN / "results.json").write_text(json.dumps(found, indent=1))
            print(report.markdown(name, lines), flush=True)
    except Failed as failure:
        sys.exit(f"bench: {failure}")
    finally:
        if bench:
            bench.close()
    print(f"{', '.join(dict.fromkeys(program.version for program in programs))}; {chosen.connections} connections; "
          f"median (minimum–maximum) of {chosen.rounds} rounds of {chosen.seconds:g} s")
    if len(chosen.jar) > 1:
        print("; ".join(f"{letter} is {jar}" for letter, jar in zip("ABCDEFGH", chosen.jar)))
    say(f"took {(time.monotonic() - begun) / 60:.1f} minutes")


main()
