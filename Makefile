# Thirteen words: demo, test, lint, docs, site, coverage, torture, fuzz, bench, spark, spark-cluster, train, eval. Each makes its own .venv; nothing else needs installing but Python 3.11 or later (spark: and Java 17).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo-data
LANGUAGE ?= en
MINUTES ?= 10
SIZE    ?= 1M
BENCH   ?=
DATA    ?=

.PHONY: demo test lint docs site coverage torture fuzz bench spark spark-cluster train eval clean

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

# The docs for a browser, in site/: `python -m http.server -d site`, for search needs a server.
site: $(VENV)/installed-dev
	$(BIN)/zensical build --clean --strict

# Branches of what must not lose, double or leak (which files: pyproject.toml) that the quick tests of them take, in their own process.
coverage: $(VENV)/installed-dev
	$(BIN)/pytest -m "not slow" --cov --cov-report=term-missing:skip-covered tests/ingest tests/ink tests/torture/test_rot.py tests/torture/test_machine.py tests/chat/test_scrub.py tests/test_privacy.py tests/test_pseudonyms.py

# Every fault that tests/torture knows, at every place: about half an hour; its figures go to docs/torture.json.
torture: $(VENV)/installed-dev
	$(BIN)/python tests/torture/run.py

# All targets for MINUTES in all, on all cores; what is found ends it with an error and a line to run it again.
fuzz: $(VENV)/installed-fuzz
	PYTHONPATH=tests $(BIN)/python -m fuzz run $(MINUTES)

# Ratios to floors of the same run, into docs/performance.md: about ten minutes; SIZE=10M is another size, BENCH="ingest answers" a part.
bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/run.py $(BENCH) --messages $(SIZE)

# Every analysis, feature and the report on Spark, against DuckDB. Two environments: the package of all Spark and that of the thin client never share one.
spark: spark-cluster .venv-spark/installed
	QUNKIT_SPARK_SERVER=$(CURDIR)/.venv-spark-local/bin/python .venv-spark/bin/pytest -m spark tests/spark -n 0

spark-cluster: .venv-spark-local/installed
	.venv-spark-local/bin/pytest -m spark tests/spark -n 2 --dist loadgroup

# The weights of `qunkit ads` and of the model of links from the data with labels in DATA, the same bytes every time; then how they do, into docs/methods.
train: .venv-train/installed
	.venv-train/bin/python training/train.py $(DATA)
	.venv-train/bin/python training/links.py $(DATA)

eval: .venv-train/installed
	.venv-train/bin/python training/evaluate.py $(DATA)
	.venv-train/bin/python training/links_evaluate.py $(DATA)
	.venv-train/bin/python training/influence.py
	.venv-train/bin/python training/churn_evaluate.py $(DATA)

clean:
	rm -rf $(VENV) .venv-spark .venv-spark-local .venv-train $(DEMO) dist build site .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

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

.venv-train/installed: pyproject.toml
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	touch $@

.venv-%/installed: pyproject.toml
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test,$*]'
	touch $@
