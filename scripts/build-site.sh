#!/usr/bin/env bash
# Builds the site folder as it is shipped: hashed, precompressed files for the browser.
# It does what `cargo leptos build --release` does, without the quarter of an hour that installing that takes, and then
# makes the bundles smaller (scripts/bundle.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# Built beside the old folder, and put in its place at once: a running server never sees half a site.
new=$SITE.new
rm -rf "$new"
mkdir -p "$new/pkg"
cp -R public/. "$new/"
cp THIRD-PARTY-NOTICES.md "$new/third-party-notices.txt"

scripts/bundle.sh frontend viewer "$new/pkg" --features viewer
scripts/bundle.sh frontend clips "$new/pkg"
sass --no-source-map --style=compressed style/main.scss "$new/pkg/clips.css"

# A name that changes with the content may be cached for ever. hash.txt tells the server the names; it has one hash a kind.
for kind in js wasm css; do
  hash=$(cat "$new"/pkg/*."$kind" | sha256sum | cut -c 1-16)
  for file in "$new"/pkg/*."$kind"; do mv "$file" "${file%."$kind"}.$hash.$kind"; done
  echo "$kind: $hash" >> "$new/hash.txt"
done

node - "$new" <<'JS'
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { brotliCompressSync, gzipSync, constants } = require('node:zlib');
const site = process.argv[2];
// The most that WASM and script of a bundle may weigh, in bytes of brotli. Code that only other pages need is easily imported
// by mistake, and nothing but the weight would show it.
const budgets = { viewer: 135_000, clips: 380_000 };
const weights = { viewer: 0, clips: 0 };
for (const file of readdirSync(site, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(js|wasm|css|svg|webmanifest|txt)$/.test(file) || file === 'hash.txt') continue;
  const plain = readFileSync(`${site}/${file}`);
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  writeFileSync(`${site}/${file}.br`, brotli);
  writeFileSync(`${site}/${file}.gz`, gzipSync(plain, { level: 9 }));
  console.log(`${file}: ${plain.length} bytes, brotli ${brotli.length}`);
  const bundle = /^pkg\/(viewer|clips)\..*\.(js|wasm)$/.exec(file)?.[1];
  if (bundle) weights[bundle] += brotli.length;
}
for (const [bundle, weight] of Object.entries(weights)) {
  const budget = budgets[bundle];
  if (weight > budget) throw new Error(`The bundle ${bundle} weighs ${weight} bytes, more than its budget of ${budget}.`);
}
JS

# Tabs that are open load what the build before named: it stays, for one build.
for kind in js wasm css; do
  now=$(sed -n "s/^$kind: //p" "$new/hash.txt")
  before=$(sed -n "s/^$kind: //p" "$SITE/hash.txt" 2>/dev/null || true)
  # A build that changed nothing keeps what the last one kept.
  [ "$before" = "$now" ] && before='*'
  [ -z "$before" ] || cp -n "$SITE"/pkg/*.$before."$kind"* "$new/pkg/" 2>/dev/null || true
done

rm -rf "$SITE"
mv "$new" "$SITE"
