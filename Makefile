# One command each; every target sets up what it needs. The plain commands stand in README.md.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.locked
PEERS := .venv-peers/bin
PEERS_READY := .venv-peers/.locked
RENDERER := reports/renderer/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup peers renderer signoff test bench lint lock clean

help:
	@echo "make signoff   run the checklist on the embedded venue and write the sign-off"
	@echo "make test      run the suite's own tests"
	@echo "make bench     measure clients and venue; writes bench/results.json and docs/bench.md"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make lock      pin the dependencies of pyproject.toml anew"

setup: $(READY)

# pip installs into the environment from outside, so that Debian's python3-venv package is not needed.
$(READY): requirements.lock
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes --requirement requirements.lock
	@touch $@

peers: $(PEERS_READY)

# ccxt pins its dependencies to other patches than requirements.lock has: the peers stand apart, as they are shipped.
$(PEERS_READY): requirements-peers.lock
	$(PYTHON) -m venv --without-pip .venv-peers
	$(PYTHON) -m pip --python $(PEERS)/python install --quiet --require-hashes --requirement requirements-peers.lock
	@touch $@

renderer: $(RENDERER)

# Without the renderer only allure-report.html is missing; the sign-off does not depend on it.
$(RENDERER): $(READY) reports/renderer/package-lock.json
	-@$(BIN)/python -m reports.renderer setup

signoff: setup renderer
	$(BIN)/pytest

test: setup renderer peers
	$(BIN)/pytest tests --ignore=tests/real_clients
	$(PEERS)/pytest tests/real_clients

bench: peers
	$(PEERS)/python -m bench

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: setup
	$(BIN)/uv --version >/dev/null 2>&1 || $(PYTHON) -m pip --python $(BIN)/python install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --universal --python-version 3.11 \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group peers --generate-hashes --universal --python-version 3.11 \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements-peers.lock

clean:
	rm -rf .venv .venv-peers reports/renderer/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
