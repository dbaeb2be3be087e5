# Every target sets up what it needs first: a virtual environment with everything pinned by hash.
PYTHON ?= python3
VENV ?= .venv
SOURCES ?= ../shared/seeds
UV ?= uv

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 $(UV_FLAGS)

# In CI nothing may be left out: tests/conftest.py turns a skipped test into a failed one.
ifeq ($(CI),true)
export ZHUCHUANG_TEST_REQUIRE_ALL := 1
endif

.PHONY: help run test test-long check bench format requirements clean

help:
	@echo "make run           chat in the terminal"
	@echo "make test          the tests, the golden questions among them"
	@echo "make test-long     what takes longer: killed processes, outages, load, the image, the runbook on a bare Debian"
	@echo "make check         style, types, import order, content"
	@echo "make bench         speed, memory and a side-by-side run with other libraries"
	@echo "make format        put the code into the common style"
	@echo "make requirements  pin the dependencies anew (needs uv; UV_FLAGS=--upgrade for newer ones)"
	@echo "make clean         remove the virtual environment and all caches"

run: $(VENV)/ready
	@$(BIN)/zhuchuang chat

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest -n auto --dist worksteal

test-long: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m long -s

check: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
ifeq ($(wildcard $(SOURCES)),)
	$(BIN)/zhuchuang check
	@echo "Left out: figures were not looked up in the source documents, there is no folder $(SOURCES)."
else
	$(BIN)/zhuchuang check --sources $(SOURCES)
endif

bench: $(VENV)/ready-dev
	$(BIN)/python tests/bench/run.py

format: $(VENV)/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

requirements:
	$(COMPILE) --group build --output-file requirements-build.txt
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.txt --constraint requirements-build.txt --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Zhuchuang needs Python 3.11 or newer: make PYTHON=python3.12 (or whatever yours is called)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "This Python has no venv. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# setuptools only builds jieba and goes again: jieba loads it where it finds it, which costs 0.2 s at every start.
$(VENV)/ready: requirements-build.txt requirements.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV), about a minute ..."
	@$(PIP) install --require-hashes -r requirements-build.txt
	@$(PIP) install --require-hashes --no-build-isolation --use-pep517 -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) uninstall --yes setuptools
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	@echo "Setting up what developing needs, about a minute more ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
