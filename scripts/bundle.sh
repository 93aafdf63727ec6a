#!/usr/bin/env bash
# Builds one browser bundle, PACKAGE of the workspace as OUT/NAME.wasm and OUT/NAME.js; further words are flags for cargo:
# scripts/bundle.sh frontend viewer target/site/pkg --features viewer.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
package=$1 name=$2 out=$3

cargo build --profile wasm-release --target wasm32-unknown-unknown -p "$package" "${@:4}"
cargo run --quiet -p wasm-glue -- "$TARGET/wasm32-unknown-unknown/wasm-release/$package.wasm" "$out" "$name"
# Optimized for the download, not for the size of the module: similar functions compress better than functions that were
# merged, and best side by side, where sorting by name puts them.
wasm-opt -Oz --one-caller-inline-max-function-size=0 --skip-pass=local-cse --reorder-functions-by-name \
  --strip-debug --strip-producers --minify-imports-and-exports-and-modules \
  -o "$out/$name.wasm" "$out/${name}_bg.wasm" > "$out/$name.names.json"
node scripts/shorten.mjs "$out/$name.names.json" "$out/$name.wasm" "$out/$name.js"
rm "$out/${name}_bg.wasm" "$out/$name.names.json"
