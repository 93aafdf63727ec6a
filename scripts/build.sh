#!/usr/bin/env bash
# Builds what is shipped: the server, and the site folder with the browser's files.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release -p server
exec scripts/build-site.sh
