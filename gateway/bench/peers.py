"""The other gateways: their configurations, each doing the same work as well as it can."""
import base64
import json
import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path

from processes import HERE, RUN, TARGET, Failed, run
from servers import ASKED, BACKEND, SCOPES, Server, Tokens, certificate, nginx_argv, ports, write_nginx

PEERS = TARGET / "peers"
PYTHON = PEERS / "python"


def need(route: int) -> str:
    return SCOPES[route % 10]


def nginx(tokens: Tokens, routes: int = 10, tls: bool = False) -> Server:
    """Plain under /open; a map of token and scope under /api."""
    name = f"nginx-{routes}"
    numbers = {"http": next(ports), "h2c": next(ports), "https": next(ports)}
    proxy = 'proxy_pass http://core; proxy_http_version 1.1; proxy_set_header Connection "";'
    grants = " ".join(f'"Bearer {tokens.allow}|{scope}" 1;' for scope in SCOPES)
    rows = "\n".join(f"location /api/v1/r{i}/ {{ set $need {need(i)}; if ($ok = 0) {{ return 403; }} {proxy} }}"
                     for i in range(routes))
    listen = (f"listen 127.0.0.1:{numbers['http']} backlog=4096; "
              f"listen 127.0.0.1:{numbers['h2c']} backlog=4096 http2;")
    if tls:
        crt, key = certificate()
        listen += (f"listen 127.0.0.1:{numbers['https']} backlog=4096 ssl http2; "
                   f"ssl_certificate {crt}; ssl_certificate_key {key};")
    write_nginx(name, f"""
map_hash_bucket_size 256;
map "$http_authorization|$need" $ok {{ default 0; {grants} }}
upstream core {{ server 127.0.0.1:{BACKEND}; keepalive 128; keepalive_requests 1000000000; }}
server {{ {listen}
location /open/ {{ {proxy} }}
{rows}
}}""")
    return Server("nginx", "nginx", nginx_argv(name), tokens, numbers, routes=routes)


def haproxy(tokens: Tokens, routes: int = 10) -> Server:
    """Plain under /open; maps of path to scope and of token and scope under /api."""
    folder = RUN / f"haproxy-{routes}"
    folder.mkdir(exist_ok=True)
    port = next(ports)
    (folder / "routes.map").write_text("".join(f"/api/v1/r{i}/ {need(i)}\n" for i in range(routes)))
    (folder / "grants.map").write_text("".join(f"{tokens.allow}|{scope} 1\n" for scope in SCOPES))
    (folder / "haproxy.cfg").write_text(f"""
global
  nbthread 1
  maxconn 8000
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  timeout http-keep-alive 600s
  option http-keep-alive
  http-reuse always
frontend edge
  bind 127.0.0.1:{port}
  acl open path_beg /open/
  http-request set-var(txn.need) path,map_beg({folder}/routes.map) unless open
  http-request deny deny_status 403 if !open !{{ var(txn.need) -m found }}
  http-request set-var(txn.key) http_auth_bearer,concat(|,txn.need) unless open
  http-request deny deny_status 403 if !open !{{ var(txn.key),map_str({folder}/grants.map,0) -m str 1 }}
  default_backend core
backend core
  server core 127.0.0.1:{BACKEND} pool-max-conn 256
""")
    return Server("haproxy", "HAProxy, maps", ["haproxy", "-f", folder / "haproxy.cfg", "-db"], tokens, {"http": port},
                  routes=routes)


def envoy_lua(tokens: Tokens, routes: int = 10) -> Server:
    """Plain under /open; a Lua table under /api."""
    code = (f'local scopes = {{ ["Bearer {tokens.allow}"] = {{ '
            + ", ".join(f'["{scope}"] = true' for scope in SCOPES) + " } }\n"
            "function envoy_on_request(handle)\n"
            '  local need = handle:metadata():get("need")\n'
            "  if not need then return end\n"
            '  local value = handle:headers():get("authorization")\n'
            "  local held = value and scopes[value]\n"
            '  if not (held and held[need]) then handle:respond({[":status"] = "403"}, "forbidden") end\n'
            "end")
    lua = {"name": "envoy.filters.http.lua", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
        "default_source_code": {"inline_string": code}}}
    rows = [{"metadata": {"filter_metadata": {"envoy.filters.http.lua": {"need": need(i)}}}} for i in range(routes)]
    return envoy("envoy", "Envoy, Lua table", tokens, [lua], rows)


def envoy_jwt(_: Tokens, routes: int = 10) -> Server:
    """Plain under /open; jwt_authn with its cache, and RBAC on a claim, under /api."""
    keys, tokens = jwts()
    types = "type.googleapis.com/envoy.extensions.filters.http."
    rules = [{"match": {"prefix": "/api/"}, "requires": {"provider_name": "bench"}}]
    authn = {"name": "envoy.filters.http.jwt_authn", "typed_config": {
        "@type": types + "jwt_authn.v3.JwtAuthentication", "rules": rules, "providers": {"bench": {
            "issuer": "bench", "audiences": ["api"], "local_jwks": {"filename": str(keys)}, "forward": True,
            "payload_in_metadata": "claims", "jwt_cache_config": {"jwt_cache_size": 1000}}}}}
    rbac = {"name": "envoy.filters.http.rbac", "typed_config": {"@type": types + "rbac.v3.RBAC"}}

    def row(i: int) -> dict:
        holds = {"metadata": {"filter": "envoy.filters.http.jwt_authn", "path": [{"key": "claims"}, {"key": "scopes"}],
                              "value": {"list_match": {"one_of": {"string_match": {"exact": need(i)}}}}}}
        policy = {"permissions": [{"any": True}], "principals": [holds]}
        return {"typed_per_filter_config": {"envoy.filters.http.rbac": {
            "@type": types + "rbac.v3.RBACPerRoute",
            "rbac": {"rules": {"action": "ALLOW", "policies": {"holders": policy}}}}}}

    return envoy("envoy-jwt", "Envoy, jwt_authn + RBAC, cached", tokens, [authn, rbac], [row(i) for i in range(routes)])


def envoy(name: str, label: str, tokens: Tokens, filters: list, rows: list) -> Server:
    types = "type.googleapis.com/envoy.extensions."
    port = next(ports)
    forward = {"route": {"cluster": "core", "timeout": "15s"}}
    routes = [{"match": {"prefix": "/open/"}, **forward}]
    for i, row in enumerate(rows):
        template = {"name": "template", "typed_config": {
            "@type": types + "path.match.uri_template.v3.UriTemplateMatchConfig",
            "path_template": f"/api/v1/r{i}/{{id}}/items"}}
        routes.append({"match": {"path_match_policy": template}, **forward, **row})
    router = {"name": "envoy.filters.http.router",
              "typed_config": {"@type": types + "filters.http.router.v3.Router"}}
    manager = {"name": "envoy.filters.network.http_connection_manager", "typed_config": {
        "@type": types + "filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "edge", "codec_type": "HTTP1", "generate_request_id": False,
        "route_config": {"name": "rows", "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "http_filters": [*filters, router]}}

    def address(number: int) -> dict:
        return {"socket_address": {"address": "127.0.0.1", "port_value": number}}

    endpoint = {"endpoint": {"address": address(BACKEND)}}
    many = {"max_connections": 10000, "max_pending_requests": 10000, "max_requests": 10000}
    config = RUN / f"{name}-{len(rows)}.json"
    config.write_text(json.dumps({"static_resources": {
        "listeners": [{"name": "edge", "address": address(port), "filter_chains": [{"filters": [manager]}]}],
        "clusters": [{"name": "core", "type": "STATIC", "connect_timeout": "1s",
                      "circuit_breakers": {"thresholds": [many]},
                      "load_assignment": {"cluster_name": "core", "endpoints": [{"lb_endpoints": [endpoint]}]}}]}}))
    program = next(PYTHON.glob("lib/python3*/site-packages/envoy/_bin/envoy"), None)
    if program is None:
        raise Failed("there is no Envoy: gateway/bench/setup.sh")
    return Server(name, label, [program, "-c", config, "--concurrency", "1", "-l", "error", "--disable-hot-restart"],
                  tokens, {"http": port}, routes=len(rows))


def caddy(tokens: Tokens) -> Server:
    """Plain under /open; under /api, another server is asked about each request."""
    port = next(ports)
    proxy = "transport http {\n keepalive_idle_conns_per_host 256\n }\n"
    config = RUN / "Caddyfile"
    config.write_text(f"""{{
 admin off
 auto_https off
 persist_config off
 log {{
  level ERROR
 }}
}}
http://127.0.0.1:{port} {{
 bind 127.0.0.1
 @guarded path /api/*
 forward_auth @guarded 127.0.0.1:{ASKED} {{
  uri /
  {proxy}
 }}
 reverse_proxy 127.0.0.1:{BACKEND} {{
  {proxy}
 }}
}}
""")
    return Server("caddy", "Caddy, forward_auth", [PYTHON / "bin/caddy", "run", "--config", config, "--adapter",
                                                   "caddyfile"], tokens, {"http": port}, env={"GOMAXPROCS": "1"})


def traefik(tokens: Tokens) -> Server:
    """Plain under /open; under /api, another server is asked about each request."""
    port = next(ports)
    rows = "".join(f"""
    r{i}:
      rule: "PathRegexp(`^/api/v1/r{i}/[^/]+/items$`)"
      service: core
      middlewares: [asked]""" for i in range(10))
    (RUN / "traefik-rows.yml").write_text(f"""
http:
  routers:
    open:
      rule: "PathPrefix(`/open/`)"
      service: core{rows}
  services:
    core: {{ loadBalancer: {{ servers: [{{ url: "http://127.0.0.1:{BACKEND}" }}] }} }}
  middlewares:
    asked: {{ forwardAuth: {{ address: "http://127.0.0.1:{ASKED}/" }} }}
""")
    config = RUN / "traefik.yml"
    config.write_text(f"""
global: {{ checkNewVersion: false, sendAnonymousUsage: false }}
entryPoints: {{ edge: {{ address: "127.0.0.1:{port}", transport: {{ keepAliveMaxRequests: 0 }} }} }}
log: {{ level: ERROR }}
serversTransport: {{ maxIdleConnsPerHost: 256 }}
providers: {{ file: {{ filename: "{RUN}/traefik-rows.yml", watch: false }} }}
""")
    return Server("traefik", "Traefik, forwardAuth", [PYTHON / "bin/traefik", f"--configFile={config}"], tokens,
                  {"http": port}, env={"GOMAXPROCS": "1"})


# As much heap as they like: what they cost is compared, not what they need.
JAVA_OPTIONS = ["-XX:+UseParallelGC", "-Xms512m", "-Xmx512m"]


def spring(tokens: Tokens, java: Path, routes: int = 10) -> Server:
    """Plain under /open; a filter with a map under /api."""
    port = next(ports)
    argv = [java, *JAVA_OPTIONS, "-Dreactor.netty.ioWorkerCount=1", f"-Dserver.port={port}", f"-Dbackend={BACKEND}",
            f"-Droutes={routes}", f"-Dmay={tokens.allow}", f"-Dmay.not={tokens.deny}", "-jar",
            PEERS / "spring/spring-1.jar"]
    return Server("spring", "Spring Cloud Gateway", argv, tokens, {"http": port}, warm=12, routes=routes)


def vertx(tokens: Tokens, java: Path, routes: int = 10) -> Server:
    """Plain under /open; a map under /api."""
    port = next(ports)
    argv = [java, *JAVA_OPTIONS, "-cp", f"{PEERS}/vertx/vertx-1.jar:{PEERS}/vertx/lib/*", "bench.Gate", port, BACKEND,
            routes, tokens.allow, tokens.deny]
    return Server("vertx", "Vert.x", argv, tokens, {"http": port}, warm=12, routes=routes)


@cache
def jwts() -> tuple:
    """Returns the file with the public key and two signed tokens."""
    key = RUN / "jwt.pem"
    run(["openssl", "genrsa", "-out", key, "2048"], "0,1", 60)
    modulus = run(["openssl", "rsa", "-in", key, "-noout", "-modulus"], "0,1", 60).strip().split("=")[1]
    keys = RUN / "jwks.json"
    keys.write_text(json.dumps({"keys": [{"kty": "RSA", "kid": "bench", "alg": "RS256", "use": "sig",
                                          "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}]}))

    def signed(scopes: list) -> str:
        parts = [{"alg": "RS256", "kid": "bench", "typ": "JWT"},
                 {"iss": "bench", "sub": "bob", "aud": "api", "exp": int(time.time()) + 86400, "scopes": scopes}]
        text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(),
                                   capture_output=True, check=True).stdout
        return f"{text}.{base64url(signature)}"

    return keys, Tokens(signed(SCOPES), signed(["other:read"]))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
