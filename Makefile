# The whole of daily work: make run, make test, make check.
# `make .venv` installs only and gives .venv/bin/mirps-repo.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# One process a core, each with a run of neighbouring tests; who is done takes over from the others.
PARALLEL := -n auto --maxprocesses=8 --dist worksteal

.PHONY: run test test-all test-whoosh3 check lint format bench catalogues evaluate

run: .venv
	@$(BIN)/mirps-repo ingest --publish --manifest samples/manifest.csv
	@$(BIN)/mirps-repo user samples
	@cat samples/TRY.txt
	@exec $(BIN)/mirps-repo serve

test: .venv/developer
	$(BIN)/python -m pytest $(PARALLEL)

test-all: .venv/developer test-whoosh3
	$(BIN)/python -m pytest $(PARALLEL) --require-everything
	$(BIN)/python -m pytest -m "browser or campaign" --require-everything

# The index once more with Whoosh's other distribution, in an environment that has only that one
# of its own and everything else from .venv.
test-whoosh3: .venv-whoosh3/installed
	.venv-whoosh3/bin/python -m pytest tests/index tests/contracts

check: lint test

lint: .venv/developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/developer
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

evaluate: .venv/developer
	@$(BIN)/python -m tests.evaluation

bench: .venv/developer
	$(BIN)/python -m benchmarks

catalogues: .venv/developer
	@$(BIN)/pybabel -q extract -F babel.cfg -k N_ --add-location=file --sort-by-file -o messages.pot .
	@$(BIN)/pybabel -q update -i messages.pot -d repo_app/translations -l es --no-fuzzy-matching \
	  --ignore-obsolete --width=100
	@rm messages.pot
	@$(BIN)/pybabel -q compile -d repo_app/translations

.venv: .venv/installed

.venv/created:
	@command -v git >/dev/null || { echo "Please install git first."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Please install Python 3.11 or later first."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Please install Python's venv module first."; exit 1; }
	@touch $@

.venv/installed: .venv/created requirements.txt pyproject.toml
	@echo "Installing …"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/developer: .venv/installed requirements-dev.txt
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

SITE := -c 'import site; print(site.getsitepackages()[0])'
.venv-whoosh3/installed: .venv/developer tests/whoosh3.txt
	@$(BIN)/python -m venv --without-pip .venv-whoosh3
	@$(PIP) --python .venv-whoosh3/bin/python install --require-hashes -r tests/whoosh3.txt
	@$(BIN)/python $(SITE) > "$$(.venv-whoosh3/bin/python $(SITE))/beside.pth"
	@.venv-whoosh3/bin/python -c 'import numpy, whoosh; assert whoosh.__version__ == (3, 54, 0)'
	@touch $@
