# Seven words: demo, test, lint, docs, coverage, torture, fuzz. Each makes its own .venv; nothing else needs installing but Python 3.11 or later.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo-data
LANGUAGE ?= en
MINUTES ?= 10

.PHONY: demo test lint docs coverage torture fuzz clean

demo: $(VENV)/installed
	rm -rf $(DEMO)
	$(BIN)/qunkit demo $(DEMO)
	$(BIN)/qunkit ingest $(DEMO)/exports --data $(DEMO)/dataset --lang $(LANGUAGE) --format terminal
	$(BIN)/qunkit report --data $(DEMO)/dataset --config $(DEMO)/qunkit.toml --lang $(LANGUAGE) --format terminal

test: lint
	$(BIN)/pytest

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/installed-dev
	$(BIN)/python docs/generate.py

# Branches of what must not lose, double or leak (which files: pyproject.toml) that the quick tests of them take, in their own process.
coverage: $(VENV)/installed-dev
	$(BIN)/pytest -m "not slow" --cov --cov-report=term-missing:skip-covered tests/ingest tests/ink tests/torture/test_rot.py tests/torture/test_machine.py

# Every fault that tests/torture knows, at every place: about half an hour; its figures go to docs/torture.json.
torture: $(VENV)/installed-dev
	$(BIN)/python tests/torture/run.py

# All targets for MINUTES in all, on all cores; what is found ends it with an error and a line to run it again.
fuzz: $(VENV)/installed-fuzz
	PYTHONPATH=tests $(BIN)/python -m fuzz run $(MINUTES)

clean:
	rm -rf $(VENV) $(DEMO) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/installed

$(VENV)/installed-fuzz: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	touch $@
