#!/usr/bin/env bash
# Runs a command with TEST_POSTGRES_URL set to a private Postgres on a free port of 127.0.0.1, which ends with it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

bin=$(postgres_bin) || { echo "Postgres is missing: run scripts/setup.sh test" >&2; exit 1; }
folder=$(mktemp -d)
as_owner=()
# Postgres refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as_owner=(runuser -u postgres --)
fi
stop() {
  (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop) >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT

port=$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")
(
  cd /
  "${as_owner[@]}" "$bin/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null
  "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start \
    -o "-p $port -k $folder -h 127.0.0.1 -c max_connections=200" >/dev/null
)
TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres" "$@"
