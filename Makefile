# Few verbs. Each sets up what it needs in .venv; `make demo` and `make test` are all a newcomer has to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PAGE := vault/reports/page

.PHONY: help page demo test check bench soak fix docs pins clean
help:
	@echo "make demo    set up, then run the main job on the sample documents"
	@echo "make test    set up, then run all checks and tests"
	@echo "make page    bundle the program of the report's page; needs node and npm"
	@echo "make soak    try every fault, one by one; takes minutes, prints the counts of docs/reliability.md"
	@echo "make check   linters, types and import arrows only"
	@echo "make bench   measure beside the peers, print a table, write build/bench.json"
	@echo "make fix     format and mend what the linter can mend"
	@echo "make docs    regenerate the generated parts of docs/"
	@echo "make pins    recompute the hash-pinned requirements (needs uv)"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Disclosure Vault needs Python 3.11 or newer; this is " + sys.version.split()[0] + "\nhint: make PYTHON=python3.11 demo") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV) || { echo "hint: on Debian, the package python3-venv is missing: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

page: $(PAGE)/built.js

# The lock file pins every byte; no package runs a script of its own while it is installed.
$(VENV)/.node: $(PAGE)/package-lock.json | $(VENV)/bin/python
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "the page of a report is bundled with node (18 or newer) and npm, and one of them is missing"; echo "hint: on Debian: apt-get install nodejs npm"; exit 1; }
	cd $(PAGE) && npm ci --silent --omit=dev
	@touch $@

$(PAGE)/built.js: $(VENV)/.node $(PAGE)/build.mjs $(wildcard $(PAGE)/js/*.js $(PAGE)/js/view/*.js)
	node $(PAGE)/build.mjs

$(VENV)/.run: $(VENV)/bin/python requirements.txt pyproject.toml | $(PAGE)/built.js
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What only tests of the page need: a driver for Firefox, the accessibility checker.
$(VENV)/.node-dev: $(VENV)/.node
	cd $(PAGE) && npm ci --silent
	@touch $@

$(VENV)/.dev: $(VENV)/.run $(VENV)/.node-dev requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.run $(PAGE)/built.js
	$(BIN)/dvault demo

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check $(PAGE)/built.js
	$(BIN)/pytest

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev
	$(BIN)/python -m tests.generate

pins:
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis $(PAGE)/node_modules $(PAGE)/built*
