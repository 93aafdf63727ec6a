#!/usr/bin/env bash
# Builds one browser bundle, PACKAGE of the workspace as OUT/NAME.wasm and OUT/NAME.js; further words are flags for cargo:
# scripts/bundle.sh frontend viewer target/site/pkg --features viewer.
# With --split before them, what only a `#[wasm_split]` function leads to becomes OUT/NAME-later.wasm.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
split=
[ "$1" != --split ] || { split=split; shift; }
package=$1 name=$2 out=$3

# The standard library is compiled anew, for size, and a panic is a trap without words, of which the page's watchdog hears all
# the same: that saves a tenth of what viewers load. Cargo calls this unstable, so RUSTC_BOOTSTRAP is set for this command
# alone; rust-toolchain.toml keeps the compiler from changing under it. Flags of the environment would replace these.
for_size=(
  -Z build-std=std,panic_abort -Z build-std-features=optimize_for_size
  --config 'build.rustflags=["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"]'
)
# Which code leads to which is read from the linker's relocations.
env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS RUSTC_BOOTSTRAP=1 cargo rustc "${for_size[@]}" --profile wasm-release \
  --target wasm32-unknown-unknown -p "$package" --lib "${@:4}" -- ${split:+-C link-arg=--emit-relocs}
cargo run --quiet -p wasm-glue -- "$TARGET/wasm32-unknown-unknown/wasm-release/$package.wasm" "$out" "$name" $split
# Optimized for the download, not for the size of the module: similar functions compress better than functions that were
# merged, and best side by side, where sorting by name puts them.
optimize() {
  wasm-opt -Oz --one-caller-inline-max-function-size=0 --skip-pass=local-cse --reorder-functions-by-name \
    --strip-debug --strip-producers "$@"
}
optimize --minify-imports-and-exports-and-modules -o "$out/$name.wasm" "$out/${name}_bg.wasm" > "$out/$name.names.json"
later=
if [ -n "$split" ]; then
  later=$out/$name-later.wasm
  optimize -o "$later" "$out/split_later.wasm"
fi
node scripts/shorten.mjs "$out/$name.names.json" "$out/$name.wasm" "$out/$name.js" $later
rm -f "$out/${name}_bg.wasm" "$out/$name.names.json" "$out/${name}_main.wasm" "$out/split_later.wasm" "$out/__wasm_split.js"
