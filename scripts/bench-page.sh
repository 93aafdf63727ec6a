#!/usr/bin/env bash
# B8 of bench/README.md: weight and speed of the pages in Chromium, beside an almost empty Leptos app built in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

scripts/build.sh
cargo build --profile wasm-release --target wasm32-unknown-unknown --package empty
empty=$TARGET/empty
rm -rf "$empty"
wasm-bindgen --target web --no-typescript --out-dir "$empty" --out-name empty \
  "$TARGET/wasm32-unknown-unknown/wasm-release/empty.wasm"
wasm-opt -Oz -o "$empty/empty_bg.wasm" "$empty/empty_bg.wasm"
exec node bench/page/measure.mjs "$TARGET" "$empty"
