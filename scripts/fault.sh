#!/usr/bin/env bash
# Runs one fault of bench/faults/README.md in its long form, with a private Postgres: scripts/fault.sh kill [--rounds 100].
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# Two faults are tests with many more cases than usual.
case "${1:-}" in
  model)
    MODEL_PRESSES=${MODEL_PRESSES:-10000} MODEL_CASES=${MODEL_CASES:-300} \
      exec scripts/with-postgres.sh cargo test --test it store::model
    ;;
  malformed)
    MALFORMED_CASES=${MALFORMED_CASES:-1000000} cargo test --test it malformed::parsers
    MALFORMED_CASES=10000 exec cargo test --test it malformed::requests
    ;;
esac

cargo build --release --package server --package bench
# A fault that hangs must end by itself.
exec scripts/with-postgres.sh timeout 3000 "$TARGET/release/bench" fault "$@"
