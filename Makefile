# Clip Timestamp Collector. `make run` serves it; `make test` runs every check and every test.

.PHONY: run build test deny notices format lint build-tests native-tests browser-tests engine-tests fault-tests setup setup-test setup-faults clean bench-b8 bench-moments
.NOTPARALLEL:

TARGET := $(or $(CARGO_TARGET_DIR),target)
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/clip-timestamp-collector/tools
export PATH := $(HOME)/.cargo/bin:$(CURDIR)/end2end/node_modules/.bin:$(TOOLS)/bin:$(PATH)

## Installs what is missing, builds, migrates, and serves on http://127.0.0.1:3000 with the embedded database.
run: build
	$(TARGET)/release/server --site $(TARGET)/site $(ARGS)

## The server and the site folder, as they are shipped.
build: setup
	scripts/build.sh

## Everything that must hold on main.
test:
	@scripts/steps.sh setup-test deny format lint build-tests native-tests browser-tests engine-tests fault-tests
	@echo "All checks passed."

## Licences, sources and versions of what we depend on; and whether the notices of what is shipped are current.
deny:
	cargo deny --locked check bans licenses sources
	node scripts/notices.mjs --check

## Writes THIRD-PARTY-NOTICES.md anew, after Cargo.lock changed.
notices:
	node scripts/notices.mjs

format:
	cargo fmt --all --check

lint:
	cargo clippy --all-targets -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown --features viewer -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown --features desk -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown --features start -- -D warnings
	cargo clippy -p wasm-glue -- -D warnings

## The server and all that tests it, built once and without the optimizer; and the browser's files as they are shipped.
build-tests: setup-test
	cargo build --all-targets
	scripts/build-site.sh

## Rules, store on SQLite and Postgres, HTTP; and how the benchmarks count.
native-tests: $(if $(BUILT),,setup-test)
	scripts/with-postgres.sh cargo test

## The pages in a real Chromium, on SQLite and, where it matters, on Postgres.
browser-tests: $(if $(BUILT),,build-tests)
	scripts/with-postgres.sh npm --prefix end2end test

## One short stream in Chromium, Firefox and WebKit, and what their policies stop.
engine-tests: $(if $(BUILT),,build-tests)
	xvfb-run -a npm --prefix end2end run engines

## A few rounds of every fault of bench/faults/README.md, against the server of the tests.
fault-tests: $(if $(BUILT),,build-tests)
	scripts/with-postgres.sh timeout 3000 $(TARGET)/debug/bench fault short

## The pages in Chromium.
bench-b8: setup-test
	scripts/bench-page.sh

## How well moments are found, and what they cost. No server and no database: ARGS="--presses FILE" for presses of your own.
bench-moments:
	@cargo run --quiet --release --package bench -- moments $(ARGS)

## One benchmark of bench/README.md, like `make bench-b3`, with ARGS for its options.
bench-%:
	scripts/bench.sh $* $(ARGS)

## One fault in its long form, like `make fault-kill`, with ARGS for its options.
fault-%: setup-faults
	scripts/fault.sh $* $(ARGS)

setup:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test

setup-faults:
	@scripts/setup.sh faults

clean:
	cargo clean
	rm -rf end2end/node_modules end2end/results
