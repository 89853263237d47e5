# The two commands of the README are `make demo` and `make test`; both make the environment they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JOBS ?= 2

export OMP_NUM_THREADS ?= 1

.PHONY: demo test science test-all lint types schema benchmark clean

demo: $(INSTALLED)
	$(BIN)/netware demo

test: $(INSTALLED)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not t1 and not t2 and not gpu and not slow" tests

science: $(INSTALLED)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "(t1 or slow) and not t2 and not gpu" tests

test-all: $(INSTALLED)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/basedpyright

schema: $(INSTALLED)
	$(BIN)/netware schema --out scenario.schema.json

benchmark: $(INSTALLED)
	for file in benchmarks/*.py; do $(BIN)/python $$file --quick || exit 1; done

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'netware needs Python 3.11 or newer; set PYTHON=...')"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $(INSTALLED)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .hypothesis .ruff_cache
