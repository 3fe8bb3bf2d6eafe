"""The gateway as a server: started by its own launcher, as users start it."""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from processes import HERE, RUN, TARGET, Failed
from servers import BACKEND, SCOPES, Server, Tokens, certificate, ports

ROOT = HERE.parent.parent
PER_FILE, PER_SUBJECT = 100_000, 10


class Program:
    """One jar on one JDK."""

    def __init__(self, label: str, jar: Path, home: Path | None, options: str):
        self.label = label
        self.options = options
        self.java = (home / "bin" / "java") if home else Path(os.path.realpath(shutil.which("java")))
        self.env = {"JAVA_HOME": str(self.java.parent.parent)}
        if options:
            self.env["JDK_JAVA_OPTIONS"] = options
        self.folder = RUN / "programs" / re.sub(r"[^A-Za-z0-9]+", "-", label)
        # The launcher finds its program beside it, and a rebuilt jar disturbs nobody.
        built = self.folder / "gateway" / "target"
        built.mkdir(parents=True)
        shutil.copy(ROOT / "scopegate", self.folder)
        shutil.copy(jar, built)
        for folder in ("lib", "native"):
            if (jar.parent / folder).is_dir():
                shutil.copytree(jar.parent / folder, built / folder)
        # Its launcher prepares faster starts, once.
        self.run(["quickstart", "--smoke"], RUN)
        self.version = subprocess.run([self.java, "-version"], capture_output=True, text=True).stderr.splitlines()[0]

    def argv(self, *arguments) -> list:
        return [self.folder / "scopegate", *arguments]

    def run(self, arguments: list, cwd: Path) -> str:
        done = subprocess.run([*map(str, self.argv(*arguments))], cwd=cwd, env={**os.environ, **self.env},
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout


def programs(jars: list, homes: list, options: list) -> list:
    """Returns every jar on every JDK with every set of options, named by what tells them apart."""
    if not jars:
        jars = sorted((ROOT / "gateway" / "target").glob("gateway-*.jar"))[:1]
        if not jars:
            raise Failed("the gateway is not built: ./mvnw -DskipTests package")
    made = []
    for letter, jar in zip("ABCDEFGH", jars):
        for home in homes or [None]:
            for one in options or [""]:
                words = ["scopegate"]
                if len(jars) > 1:
                    words.append(letter)
                if len(homes) > 1:
                    words.append(f"JDK {release(home)}")
                if len(options) > 1:
                    words.append(f"`{one or 'no options'}`")
                made.append(Program(" ".join(words), Path(jar), home, one))
    return made


def release(home: Path | None) -> str:
    """Returns the version of a JDK by its first number."""
    java = home / "bin" / "java" if home else "java"
    text = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    return re.search(r'version "(\d+)', text)[1]


def gateway(program: Program, routes: int = 10, tokens: int = 0, tls: bool = False) -> Server:
    """Returns a gateway with so many routes and, besides the two of each work, so many tokens."""
    label = program.label + (f", {tokens:,} tokens" if tokens else "")
    folder = RUN / re.sub(r"[^a-z0-9]+", "-", f"{label}-{routes}-{tls}".lower())
    shutil.rmtree(folder, ignore_errors=True)
    kept = identities(program, tokens)
    folder.mkdir(parents=True)
    shutil.copytree(kept / "data", folder / "data")
    numbers = {"http": next(ports)}
    listeners = [f"{{ address: '127.0.0.1:{numbers['http']}' }}"]
    numbers["h2c"] = numbers["http"]
    if tls:
        crt, key = certificate()
        numbers["https"] = next(ports)
        listeners.append(f"{{ address: '127.0.0.1:{numbers['https']}', tls: {{ certificate: {crt}, key: {key} }} }}")
    write(folder, routes, listeners, next(ports))
    allow, deny = (kept / "two").read_text().split()
    return Server("scopegate", label, program.argv("run", "-c", "gateway.yaml"), Tokens(allow, deny), numbers,
                  warm=12, routes=routes, env=program.env, cwd=folder, java=program.java)


def write(folder: Path, routes: int, listeners: list, admin: int) -> None:
    rows = "\n".join(
        f"  - {{ match: 'GET /api/v1/r{i}/{{id}}/items', require: s{i % 10}:read }}\n"
        f"  - {{ match: 'GET /open/v1/r{i}/{{id}}/items', access: public }}" for i in range(routes))
    permissions = "\n".join(f"  {scope}: Read" for scope in SCOPES)
    (folder / "routes.yaml").write_text(
        f"apiVersion: scopegate/v1\npermissions:\n{permissions}\n  other:read: Read others\n"
        "roles:\n  organization:\n    MEMBER: { grants: ['*'] }\n"
        "places:\n  organization: [{ from: token }]\n"
        f"backend: core\nroutes:\n{rows}\n")
    (folder / "gateway.yaml").write_text(
        f"apiVersion: scopegate/v1\nroutes: routes.yaml\ndata: data\nlisteners: [{', '.join(listeners)}]\n"
        f"admin: {{ address: '127.0.0.1:{admin}' }}\n"
        f"backends: {{ core: {{ urls: ['http://127.0.0.1:{BACKEND}'] }} }}\n")


def identities(program: Program, tokens: int) -> Path:
    """Returns a folder with a store that holds two tokens and so many more, ten a subject; imported once."""
    kept = TARGET / f"tokens-{tokens}" if tokens else program.folder / "tokens"
    if (kept / "two").exists():
        return kept
    if tokens > PER_FILE:
        print(f"importing {tokens:,} tokens, once; this takes a while", file=sys.stderr)
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    write(kept, 10, ["{ address: '127.0.0.1:1' }"], 2)
    subjects = -(-tokens // PER_SUBJECT)
    members = ", ".join(["bob: [MEMBER]", *(f"user-{i}: [MEMBER]" for i in range(subjects))])
    first = [
        f"organizations:\n  acme: {{ members: {{ {members} }} }}\ntokens:",
        f"  - {{ subject: bob, name: allow, scopes: [{', '.join(SCOPES)}] }}",
        "  - { subject: bob, name: deny, scopes: ['other:read'] }"]
    named = imported(program, kept, first)
    values = []
    for begin in range(0, tokens, PER_FILE):
        values += imported(program, kept, ["tokens:", *(
            f"  - {{ subject: user-{i // PER_SUBJECT}, name: t{i}, scopes: [{', '.join(SCOPES)}] }}"
            for i in range(begin, min(tokens, begin + PER_FILE)))]).values()
    (kept / "values").write_text("\n".join(values))
    (kept / "two").write_text(f"{named['allow']} {named['deny']}")
    return kept


def imported(program: Program, folder: Path, lines: list) -> dict:
    (folder / "identities.yaml").write_text("\n".join(["apiVersion: scopegate/v1", *lines]))
    out = program.run(["import", "-c", "gateway.yaml", "identities.yaml", "--output", "json"], folder)
    return {each["name"]: each["value"] for each in json.loads(out)["tokens"]}
