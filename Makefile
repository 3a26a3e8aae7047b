# Every target calls a script, so that a machine without make has them all: Scripts/run.sh, …
.PHONY: run test test-lambda lint bench bench-proxy bench-load bench-micro clean deps build install soak soak-load fuzz conformance figures-proxy figures-load figures-lambda figures-reporting figures-tui screens cast truth-numbers bench-truth dist package-lambda
PREFIX ?= /usr/local

run: ; @Scripts/run.sh $(ARGS)
test: ; @Scripts/test.sh
# gzproxy's Lambda runtime under AWS's own emulator, cargo-lambda and gzlambda; the templates of deploy/sam.
test-lambda: ; @Scripts/test-lambda.sh $(ARGS)
lint: ; @Scripts/lint.sh
bench: ; @Scripts/bench.sh
# gzproxy beside nginx, HAProxy and FastAPI, gzload beside wrk, h2load and others: Benchmarks/README.md. ARGS=--quick is a smoke test.
bench-proxy: ; @Scripts/bench-proxy.sh $(ARGS)
bench-load: ; @Scripts/bench-load.sh $(ARGS)
# Instructions and allocations of the hot operations, one by one, and their limits.
bench-micro: ; @Scripts/micro.sh $(ARGS)
# The long runs: an hour of fuzzing, ten thousand streams that die, the peers side by side, the proxy's figures.
soak: ; @Scripts/soak.sh $(ARGS)
soak-load: ; @Scripts/soak-load.sh $(ARGS)
fuzz: ; @Scripts/fuzz.sh $(ARGS)
conformance: ; @Scripts/conformance.sh $(ARGS)
figures-proxy: ; @Scripts/figures-proxy.sh
figures-load: ; @Scripts/figures-load.sh
figures-lambda: ; @Scripts/figures-lambda.sh
figures-reporting: ; @Scripts/figures-reporting.sh
figures-tui: ; @Scripts/figures-tui.sh $(ARGS)
# Pictures of the dashboard, by real runs: README.md and Docs/tour.md; two minutes for asciinema.
screens: ; @Scripts/screens.sh $(ARGS)
cast: ; @Scripts/cast.sh $(ARGS)
truth-numbers: ; @Scripts/truth-numbers.sh
deps: ; @Scripts/deps.sh
build: ; @Scripts/build.sh
install: ; @Scripts/install.sh "$(PREFIX)"
clean: ; @Scripts/clean.sh
# Which broken responses do load testers call a success: the table of Docs/truth.md.
bench-truth: ; @Scripts/bench-truth.sh
# The tools as a tarball that needs no Swift where it runs.
dist: ; @Scripts/dist.sh
# gzproxy as the zips that deploy/sam deploys.
package-lambda: ; @Scripts/package-lambda.sh $(ARGS)
