# FareLegami. `make help` says what there is; only Python 3.11+ and make are needed.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
DATA ?= var
VENV := .venv
BIN := $(VENV)/bin
RUN := FARELEGAMI_DATA=$(DATA) $(BIN)/farelegami
PYTEST := $(BIN)/python -m pytest
JOBS ?= auto
SCALE ?= 10000
DB ?= sqlite
ROUNDS ?= 2

.DEFAULT_GOAL := help
.PHONY: words help demo run setup test check fast house lint types migration migrations dependencies postgres drills journeys wheel format clean bench

help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.base: requirements/base.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/base.txt
	@echo "$(CURDIR)/src" > $$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/farelegami.pth
	@printf '#!/bin/sh\nexec "%s/python" -m farelegami.config.cli "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/farelegami && chmod +x $(BIN)/farelegami
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev ## make the environment, tools included

demo: $(VENV)/.base ## build and serve the demonstration province (PORT=, DATA=)
	@$(RUN) demo --serve --port $(PORT)

run: $(VENV)/.base ## serve what is in DATA
	@$(RUN) migrate && $(RUN) serve --with-worker --port $(PORT)

test: $(VENV)/.dev ## tests that need neither a browser nor PostgreSQL
	@$(PYTEST) -n $(JOBS)

fast: $(VENV)/.dev ## rules only: no database, a few seconds
	@$(PYTEST) src/farelegami/kernel src/farelegami/*/tests/test_rules*.py -p no:randomly

check: $(VENV)/.dev ## everything a change must pass (TESTED=1 after make test)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint types house migrations dependencies words wheel journeys
	@$(MAKE) --no-print-directory $(if $(TESTED),,test) postgres

lint: $(VENV)/.dev ## format, style, templates, spelling
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/djlint --quiet --lint src
	@$(BIN)/codespell src docs README.md CONTRIBUTING.md CHANGELOG.md

words: $(VENV)/.dev ## every sentence has its English
	@$(BIN)/python scripts/catalogue.py --check

types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy

house: $(VENV)/.dev ## floors, rooms and the largest files
	@$(BIN)/lint-imports --no-cache
	@$(if $(TESTED),,$(PYTEST) tests/architecture -p no:randomly)

migrations: $(VENV)/.dev ## none is missing
	@DJANGO_SETTINGS_MODULE=farelegami.config.settings.test $(BIN)/python -m django makemigrations --check --dry-run

migration: $(VENV)/.dev ## write the migration of a changed model (ROOM=)
	@$(BIN)/python scripts/migration.py $(ROOM)

dependencies: $(VENV)/.dev ## all used, all declared, all licences known
	@$(BIN)/deptry src
	@$(BIN)/python scripts/licences.py

postgres: $(VENV)/.dev ## the tests that ask a database, on a throwaway PostgreSQL
	@$(BIN)/python -m tests.postgres $(PYTEST) -n $(JOBS) -m 'not browser and not drill'

drills: $(VENV)/.dev ## killed while people write, on both databases (ROUNDS=20)
	@ROUNDS=$(ROUNDS) $(PYTEST) tests/survival -m drill -n $(JOBS) --dist loadscope -p no:randomly -rP | grep -E "rounds,|passed|failed|Error" ; exit $${PIPESTATUS[0]}

bench: $(VENV)/.dev ## what each operation costs beside the floor (SCALE=people, DB=sqlite or postgres)
	@$(BIN)/python -m tests.bench --scale $(SCALE) --db $(DB)

journeys: $(VENV)/.dev ## in a real browser, on the demonstration province
	@$(PYTEST) tests/journeys -m browser -p no:randomly

wheel: $(VENV)/.dev ## the built wheel runs from an empty folder
	@$(BIN)/python scripts/try_wheel.py

format: $(VENV)/.dev ## put the layout right
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean: ## throw away the environment; data stays
	@rm -rf $(VENV) dist
