# One command each; every target sets up what it needs. The plain commands stand in README.md.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.locked
PLUGIN := .venv/.plugin
RENDERER := reports/allure_report/node_modules/.package-lock.json
DRIVER := drivers/node_modules/.package-lock.json

# Hundreds of runs in processes of their own share the bytecode, whatever the surroundings say of it.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup renderer drivers signoff prove prove-full test bench soak flow docs lint lock clean

help:
	@echo "make signoff   run the checklist on the embedded venue and write the sign-off"
	@echo "make prove     make the checks on every defect and every legal variant of the venue; writes docs/kill-matrix.md and .json"
	@echo "make prove-full  the same with every check on every defect, for the night"
	@echo "make drivers   install the Node library under drivers/bybit_api.mjs; make test does so, too"
	@echo "make test      run the suite's own tests"
	@echo "make bench     measure clients and venue; writes bench/results.json and docs/bench.md"
	@echo "make docs      write docs/checks.md from the code; make lint fails while it is stale"
	@echo "make soak      an hour of mixed clients on the venue; writes docs/soak.md"
	@echo "make flow FLOW=script.py   run a client's script on a venue of its own"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make lock      pin the dependencies of pyproject.toml anew"

setup: $(READY) $(PLUGIN)

# pip installs into the environment from outside, so that Debian's python3-venv package is not needed.
$(READY): requirements.lock
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes --requirement requirements.lock
	@touch $@

# With it pytest knows the suite's options wherever it is started, and whatever path one of them holds.
$(PLUGIN): $(READY) pyproject.toml
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

renderer: $(RENDERER)

# Without the renderer only allure-report.html is missing; the sign-off does not depend on it.
$(RENDERER): $(READY) reports/allure_report/package-lock.json
	-@$(BIN)/python -m reports.allure_report setup

drivers: $(DRIVER)

# Without it the client bybit-api of environments.yaml cannot be certified, and its test is skipped.
$(DRIVER): $(READY) drivers/package-lock.json
	-@$(BIN)/python -m drivers.node setup

signoff: setup renderer
	$(BIN)/pytest

prove: setup
	$(BIN)/python -m proof
	$(BIN)/python -m proof walk
	$(BIN)/python -m proof variants

prove-full: setup
	$(BIN)/python -m proof --full

test: setup renderer drivers
	$(BIN)/pytest tests -n 4 --dist worksteal

# The matching library stands apart from the lock because its wheel may have to be compiled; without it a figure is missing.
bench: setup
	-@$(PYTHON) -m pip --python $(BIN)/python install --quiet limit-order-book==2.0.0
	$(BIN)/python -m bench

docs: setup
	$(BIN)/python -m reports.cards

soak: setup
	$(BIN)/python -m bench.soak --minutes 60 --clients 50

# FLOW: a script that takes --rest --ws --key --secret --symbol; ARGS: what else it takes.
flow: setup
	$(BIN)/python -m bench.flow $(FLOW) $(ARGS)

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m reports.cards --check

lock: $(READY)
	$(BIN)/uv --version >/dev/null 2>&1 || $(PYTHON) -m pip --python $(BIN)/python install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --generate-hashes --universal --python-version 3.11 \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements.lock

clean:
	rm -rf .venv reports/allure_report/node_modules drivers/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
