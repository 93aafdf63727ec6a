#!/usr/bin/env bash
# Builds the benchmarks and runs one of bench/README.md, with a private Postgres: scripts/bench.sh b3 [--pairs 5].
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

cargo build --release --package server --package bench
# A load that hangs must end by itself.
exec scripts/with-postgres.sh timeout 3000 "$TARGET/release/bench" "$@"
