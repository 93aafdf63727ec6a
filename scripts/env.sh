# Where things are; read by the other scripts.

TARGET=${CARGO_TARGET_DIR:-target}
SITE=$TARGET/site
# What setup.sh installs for this project alone, outside of the build folder.
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/clip-timestamp-collector/tools
export PATH="$HOME/.cargo/bin:$PWD/end2end/node_modules/.bin:$TOOLS/bin:$PATH"

# Prints the folder that holds initdb and pg_ctl; Debian keeps them off the PATH.
postgres_bin() {
  if command -v initdb >/dev/null; then dirname "$(command -v initdb)"; return; fi
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$newest" ] && [ -x "$newest/initdb" ] && echo "$newest"
}
