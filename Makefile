# What people and CI run. Each target first sets up what it needs: see scripts/setup.sh.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
ARGS :=
.NOTPARALLEL:
.PHONY: help serve demo test check faults static format lock docs openapi clean setup-run setup-dev setup-test

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

serve demo: export JICANET_MODE ?= development
serve: export JICANET_LOG_FORMAT ?= text

serve: setup-run ## the service on http://127.0.0.1:8080 (HOST and PORT say otherwise)
	@exec $(BIN)/jicanet serve --init $(ARGS)

demo: setup-run ## the main job once, end to end, on a temporary database
	@exec $(BIN)/jicanet demo $(ARGS)

test: setup-test static ## all that CI runs
	@scripts/tests.sh all $(ARGS)

check: setup-dev static ## the quick part of it
	@scripts/tests.sh quick $(ARGS)

faults: export TEST_KILLS ?= 100
faults: export TEST_HISTORIES ?= 3000
faults: setup-test ## long runs of kills and of lives at random (TEST_KILLS, TEST_HISTORIES)
	@$(BIN)/pytest tests/faults tests/properties/test_life_machine.py $(ARGS)

static: setup-dev
	@scripts/static.sh

format: setup-dev ## bring every file into form
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

lock: setup-dev ## the lock files after a change of pyproject.toml or package.json (ARGS=--upgrade for the newest)
	@scripts/lock.sh $(ARGS)

docs: setup-run openapi ## the pages that are made from the code
	@$(BIN)/python -m scripts.settings_pages
	@$(BIN)/python -m scripts.errors_page
	@$(BIN)/typer jicanet.cli utils docs --name jicanet --title Commands --output docs/commands.md >/dev/null

openapi: setup-run
	@JICANET_MODE=production $(BIN)/jicanet openapi | $(BIN)/python -m scripts.api_page

clean: ## all that set-up made; what the service wrote (var/) stays
	@rm -rf .venv .make node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache jicanet.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-run setup-dev setup-test: setup-%:
	@scripts/setup.sh $*
