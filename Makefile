# The commands of this repository. They need rustup's cargo and npm; everything else they install themselves, once.
#
#   make run     the demo broker behind the gate, at http://localhost:8787 until Ctrl-C. The first start builds
#                everything, later ones take seconds. PORT=9000 takes another port, TLS=1 serves https with a certificate
#                made on this machine, BACKEND=workerd runs without wrangler, VERBOSE=1 shows what the processes write.
#                What it keeps (secrets, customers, mails) lies in .sekisho/; delete that folder to begin afresh.
#   make test    everything that can be checked in minutes: shape, format, lints on both targets, native tests, tests of the
#                browser core in headless Chromium, both builds and their budgets, HTTP tests against the worker on workerd,
#                journeys in Chromium, the package as npm installs it, known holes. PART="edge" runs only the parts whose
#                names contain the word.
#   make build   the worker into target/sekisho/edge, the browser package into pkg/dist; CONFIG=site/sekisho.toml checks that config
#                and lays the worker with it into site/worker, ready to be deployed, where nothing else writes
#   make secrets   fresh secrets for a site of your own, a line each; FILE=site/secrets writes them where no file is yet
#   make bench   passkey ceremonies and the browser package beside their peers (REPORT=1 keeps the latter's table); the gate
#                beside a plain JavaScript pass-through worker and a gate on Hono, on the same workerd: CPU per request, requests/s
#   make risk    the judgement of logins beside the published model on a synthetic stream, into tests/reports/risk (some minutes)
#   make replay FILE=worker.log   the logged judgements under other thresholds, as a table and a plot in target/replay; with
#                LABELS=labels.json, which staff's page saves, also how many attacks each of them catches
#   make check-config FILE=sekisho.toml   everything that is wrong with a config, each with its line; with URL=/path which
#                route rule that URL meets and what it asks, without starting anything. A networks.txt or an authenticators.json too
#   make soak    half an hour of traffic and the memory that it leaves, a hundred kills under load, the time of failed logins; a dated
#                report goes into tests/reports/. MINUTES=30 KILLS=100 ROUNDS=500; 0 leaves a part out
#   make fuzz    every parser of foreign bytes under a coverage-guided fuzzer, FUZZ_SECONDS=600 a target; a dated report too
#   make sbom    what the worker, the package, the demo's origin and their tools are built of, as CycloneDX lists in target/sbom
#   make clean   what the builds made; not what .sekisho/ keeps

SHELL := /bin/bash
export PATH := $(CURDIR)/tests/node_modules/.bin:$(PATH)
export NODE_OPTIONS := --disable-warning=ExperimentalWarning

.NOTPARALLEL:
.PHONY: run test build secrets bench risk replay check-config soak fuzz sbom clean

run:
	@NODE_OPTIONS= tests/tools/install.sh run
	@exec node tests/tools/run.mjs

test:
	@NODE_OPTIONS= tests/tools/install.sh test
	@node tests/tools/test.mjs $(PART)

build:
	@NODE_OPTIONS= tests/tools/install.sh run
	@if [ -n "$(CONFIG)" ]; then node tests/tools/site/lay.mjs "$(CONFIG)" --clear; fi
	@node tests/tools/build.mjs
	@if [ -n "$(CONFIG)" ]; then node tests/tools/site/lay.mjs "$(CONFIG)"; fi

secrets:
	@NODE_OPTIONS= tests/tools/install.sh run
	@node tests/tools/site/secrets.mjs "$(FILE)"

bench: build
	@node tests/tools/build.mjs conformance
	@node tests/bench/passkeys.mjs
	@node tests/bench/client/compare.mjs
	@node tests/bench/gate.mjs
	@cargo run -q --release -p sekisho-edge --features memory --example hot_path

risk:
	@cargo run -q --release -p sekisho-risk-bench -- report tests/reports/risk

replay:
	@cargo run -q --release -p sekisho-risk-bench -- replay "$(FILE)" target/replay $(if $(LABELS),"$(LABELS)") && cat target/replay/replay.md

check-config:
	@cargo run -q -p sekisho-edge --features memory --example check_config -- "$(FILE)" "$(URL)"

soak: build
	@node tests/bench/soak/soak.mjs

fuzz:
	@NODE_OPTIONS= tests/tools/install.sh fuzz
	@node tests/fuzz/fuzz.mjs

sbom:
	@NODE_OPTIONS= tests/tools/install.sh run
	@node tests/tools/sbom.mjs

clean:
	rm -rf target pkg/dist tests/node_modules
