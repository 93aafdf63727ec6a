#!/usr/bin/env bash
# Builds the site folder as it is shipped: hashed, precompressed files for the browser.
# It does what `cargo leptos build --release` does, without the quarter of an hour that installing that takes, and then
# makes the bundles smaller (scripts/bundle.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# Built beside the old folder, and put in its place at the end.
new=$SITE.new
rm -rf "$new"
mkdir -p "$new/pkg"
cp -R public/. "$new/"
cp THIRD-PARTY-NOTICES.md "$new/third-party-notices.txt"

scripts/bundle.sh frontend viewer "$new/pkg" --features viewer
scripts/bundle.sh frontend start "$new/pkg" --features start
scripts/bundle.sh --split frontend desk "$new/pkg" --features desk
sass --no-source-map --style=compressed style/main.scss "$new/pkg/clips.css"

# A name that changes with the content may be cached for ever. hash.txt tells the server the names; it has one hash a kind.
# The scripts name modules that are loaded later, so they are hashed after them.
for kind in wasm js css; do
  hash=$(cat "$new"/pkg/*."$kind" | sha256sum | cut -c 1-16)
  [ "$kind" != wasm ] || sed -i "s/desk-later\.wasm/desk-later.$hash.wasm/" "$new/pkg/desk.js"
  for file in "$new"/pkg/*."$kind"; do mv "$file" "${file%."$kind"}.$hash.$kind"; done
  echo "$kind: $hash" >> "$new/hash.txt"
done

node - "$new" <<'JS'
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { brotliCompressSync, gzipSync, constants } = require('node:zlib');
const site = process.argv[2];
// The most that WASM and script of a bundle may weigh, in bytes of brotli. Code that only other pages need is easily imported
// by mistake, and nothing but the weight would show it. What `desk-later` holds is loaded after the page is live.
const budgets = { viewer: 133_000, start: 109_000, desk: 307_000, 'desk-later': 88_000 };
const weights = { viewer: 0, start: 0, desk: 0, 'desk-later': 0 };
for (const file of readdirSync(site, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(js|wasm|css|svg|webmanifest|txt)$/.test(file) || file === 'hash.txt') continue;
  const plain = readFileSync(`${site}/${file}`);
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  writeFileSync(`${site}/${file}.br`, brotli);
  writeFileSync(`${site}/${file}.gz`, gzipSync(plain, { level: 9 }));
  console.log(`${file}: ${plain.length} bytes, brotli ${brotli.length}`);
  const bundle = /^pkg\/(viewer|start|desk|desk-later)\..*\.(js|wasm)$/.exec(file)?.[1];
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

# Two renames: a server that starts meanwhile finds a whole site or none, never a part of one.
rm -rf "$SITE.old"
[ ! -e "$SITE" ] || mv "$SITE" "$SITE.old"
mv "$new" "$SITE"
rm -rf "$SITE.old"
