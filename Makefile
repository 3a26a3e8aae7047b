# Every target calls a script, so that a machine without make has them all: Scripts/run.sh, …
.PHONY: run test lint bench clean deps build install
PREFIX ?= /usr/local

run: ; @Scripts/run.sh $(ARGS)
test: ; @Scripts/test.sh
lint: ; @Scripts/lint.sh
bench: ; @Scripts/bench.sh
deps: ; @Scripts/deps.sh
build: ; @Scripts/build.sh
install: ; @Scripts/install.sh "$(PREFIX)"
clean: ; @Scripts/clean.sh
