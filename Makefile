# ringview: `make demo` opens the live screen of hello2, `make test` runs every
# test. Both need only python3 (3.11 or newer), pip and make.

PYTHON ?= python3
VENV   ?= .venv
PY     := $(VENV)/bin/python
SCENARIO ?= scenarios/hello2.yaml

# A virtual environment without its own pip (Debian's python3 without the
# python3-venv package) is still served by the pip that started it.
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(PY)

# The first start is as quick as every other, also where PYTHONDONTWRITEBYTECODE
# keeps Python from remembering what it compiled.
COMPILE := $(PY) -m compileall -q src/ringview

.PHONY: demo test lint check bench soak wheel tour oracles clean distclean help

help:
	@echo "make demo    install into $(VENV) and open $(SCENARIO)"
	@echo "make test    run every test (a quarter of an hour on two cores)"
	@echo "make check   format, lint, types, import contracts, C format, tests"
	@echo "make lint    all of that but the tests"
	@echo "make bench   measure the speeds in docs/performance.md; SCHEDULES=1000000 for its long run"
	@echo "make soak    the long campaigns"
	@echo "make wheel   build dist/*.whl with its kernel images"
	@echo "make tour    draw the pictures of docs/tour.md anew"
	@echo "make clean   remove what was built; make distclean: $(VENV) too"

.DEFAULT_GOAL := help

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"ringview needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		$(PYTHON) -m venv --clear --without-pip $(VENV)

$(VENV)/.installed: pyproject.toml | $(PY)
	$(PIP) install --quiet --editable '.[toolchain]'
	@$(COMPILE)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(PY)
	$(PIP) install --quiet --editable '.[dev]'
	@$(COMPILE)
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	$(VENV)/bin/ringview run $(SCENARIO)

oracles:
	@sh tests/install-oracles.sh

test: $(VENV)/.installed-dev oracles
	$(PY) -m pytest -n 2

lint: $(VENV)/.installed-dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(PY) tests/check_c_format.py

check: oracles lint test

tour: $(VENV)/.installed-dev
	$(PY) docs/tour.py

bench: $(VENV)/.installed-dev
	SCHEDULES=$(SCHEDULES) $(PY) -m bench

soak: $(VENV)/.installed-dev oracles
	$(PY) -m pytest -n 2 -m soak

wheel: $(PY)
	$(PIP) wheel --no-deps --wheel-dir dist .

clean:
	rm -rf build dist kernel/build userland/build userland/out .pytest_cache .mypy_cache \
		.ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)
