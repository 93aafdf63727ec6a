#!/usr/bin/env bash
# B8 of bench/README.md: weight and speed of the pages in Chromium, beside an almost empty Leptos app built in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

scripts/build.sh
cargo build --release -p bench --bins
empty=$TARGET/empty
rm -rf "$empty"
scripts/bundle.sh empty empty "$empty"
exec node bench/page/measure.mjs "$TARGET" "$empty"
