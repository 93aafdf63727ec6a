# Clip Timestamp Collector. `make run` serves it; `make test` runs every check and every test.

.PHONY: run build test format lint native-tests browser-tests engine-tests fault-tests setup setup-test setup-faults clean bench-b8
.NOTPARALLEL:

TARGET := $(or $(CARGO_TARGET_DIR),target)
export PATH := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/clip-timestamp-collector/tools/bin:$(HOME)/.cargo/bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

## Installs what is missing, builds, migrates, and serves on http://127.0.0.1:3000 with the embedded database.
run: build
	$(TARGET)/release/server --site $(TARGET)/site $(ARGS)

## The server and the site folder, as they are shipped.
build: setup
	scripts/build.sh

## Everything that must hold on main.
test:
	@scripts/steps.sh setup-test format lint native-tests build browser-tests engine-tests fault-tests
	@echo "All checks passed."

format:
	cargo fmt --all --check

lint:
	cargo clippy --all-targets -- -D warnings
	cargo clippy -p bench --all-targets -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown --features viewer -- -D warnings

## Rules, store on SQLite and Postgres, HTTP; and how the benchmarks count.
native-tests:
	scripts/with-postgres.sh cargo test
	cargo test -p bench

## The shipped build in a real Chromium, on SQLite and, where it matters, on Postgres.
browser-tests: $(if $(BUILT),,build)
	scripts/with-postgres.sh npm --prefix end2end test

## One short stream in Chromium, Firefox and WebKit, and what their policies stop.
engine-tests: $(if $(BUILT),,build)
	xvfb-run -a npm --prefix end2end run engines

## A few rounds of every fault of bench/faults/README.md, against the shipped server.
fault-tests: $(if $(BUILT),,build)
	scripts/fault.sh short

## The pages in Chromium.
bench-b8: setup-test
	scripts/bench-page.sh

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
