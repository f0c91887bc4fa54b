# Everything starts here; each line says what a recipe does. Nothing is installed outside this folder
# (except by `make test`, which may install the Debian package of a missing database server when run as root).

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done)
UV := .tools/bin/uv
BIN := .venv/bin
export UV_SYSTEM_CERTS := true
export UV_CACHE_DIR := $(CURDIR)/.tools/cache
export PIP_NO_CACHE_DIR := 1
# Tests start hundreds of interpreters, and each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick recovery check bench fmt lock clean servers

help: ## show these lines
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/.run ## set everything up, make a sample database, show its catalog, export it
	$(BIN)/entrepot demo

test: .venv/.dev servers check ## everything: checks, then all tests on real PostgreSQL, MariaDB and SQLite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-quick: .venv/.dev ## the tests that need no server, in under a minute
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not postgres and not mariadb and not slow" tests/unit tests/contract src

recovery: .venv/.dev servers ## the crash loop, long: workers killed at every step of jobs, outages, crowds, random walks
	ENTREPOT_RECOVERY=long $(BIN)/python -m pytest -n 2 --dist load tests/recovery/test_crash_loop.py tests/recovery/test_job_kills.py tests/recovery/test_pauses.py \
		tests/recovery/test_outages.py tests/recovery/test_many_jobs.py tests/recovery/test_random_walks.py

check: .venv/.dev ## style, types, floors, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyrefly check --summary=none
	$(BIN)/lint-imports --no-logo

bench: .venv/.dev servers ## measure against the peers in one run, print the table
	-$(BIN)/python -m bench
	-$(BIN)/python -m bench --way import
	-$(BIN)/python -m bench --way formats
	-$(BIN)/python -m bench --way jobs
	$(BIN)/python -m bench --way fan --rows 5000000 --runs 1

fmt: .venv/.dev ## format and fix what can be fixed
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format -q .

servers: .venv/.dev
	@$(BIN)/python tests/servers/ensure.py

lock: $(UV) ## resolve the dependencies anew
	$(UV) pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --all-extras --group build pyproject.toml -o locks/run.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --all-extras --group build --group dev pyproject.toml -o locks/dev.txt
	for peer in pandas django dlt sling; do $(UV) pip compile -q --universal --generate-hashes --no-header --python-version 3.11 locks/peers/$$peer.in -o locks/peers/$$peer.txt || exit 1; done

clean: ## remove what the other recipes made
	rm -rf .venv .tools demo .pytest_cache .ruff_cache .hypothesis .import_linter_cache bench/data

$(UV):
	@test -n "$(PYTHON)" || { echo "Entrepot needs Python 3.11 or newer: install it, or say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r locks/uv.txt

.venv/.run: locks/run.txt pyproject.toml $(UV)
	@test -x $(BIN)/python || $(UV) venv -q --python "$$(command -v $(PYTHON))" .venv
	$(UV) pip install --python $(BIN)/python -q --require-hashes -r locks/run.txt
	$(UV) pip install --python $(BIN)/python -q --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: locks/dev.txt pyproject.toml $(UV)
	@test -x $(BIN)/python || $(UV) venv -q --python "$$(command -v $(PYTHON))" .venv
	$(UV) pip install --python $(BIN)/python -q --require-hashes -r locks/dev.txt
	$(UV) pip install --python $(BIN)/python -q --no-deps --no-build-isolation --editable .
	@touch $@
