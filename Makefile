# `make run` and `make test` do all the set-up; what they leave is .venv, node_modules and static/dist.
PYTHON_ENV = .venv/bin/python

.DEFAULT_GOAL = help
.PHONY: help setup run test check format bench bench-views bench-viewer lock clean dev

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup:  ## Python packages and the viewer, only what is missing or out of date
	@scripts/setup-python
	@scripts/setup-viewer

run: setup  ## the app on http://127.0.0.1:7860
	@exec $(PYTHON_ENV) -m ldm3d_web serve

dev: setup
	@scripts/setup-python dev

test: dev  ## every test: Python, JavaScript, browser
	@scripts/setup-browser
	@scripts/test

check: dev  ## ruff, mypy, and tsc over the viewer's JSDoc
	$(PYTHON_ENV) -m ruff check
	$(PYTHON_ENV) -m ruff format --check
	$(PYTHON_ENV) -m mypy
	scripts/with-node npm run check

format: dev  ## let ruff write the Python files its way
	$(PYTHON_ENV) -m ruff check --fix
	$(PYTHON_ENV) -m ruff format

bench: setup  ## how fast this machine is: a table and a JSON line for each file in bench/
	@set -e; for file in bench/[a-z]*.py; do $(PYTHON_ENV) -m bench.$$(basename $$file .py); done

bench-views: dev  ## how scenes look from a head that moves, against exact truth (half an hour; then minutes)
	@scripts/setup-browser
	$(PYTHON_ENV) -m bench.novel_view

bench-viewer: dev  ## the viewer beside its rivals, one browser, one run; exit code 1 where a goal is missed (minutes)
	@scripts/setup-browser
	$(PYTHON_ENV) -m bench.viewer

lock: dev  ## write constraints.txt anew from what is installed now
	@scripts/lock-python

clean:  ## remove what set-up and tools made, not your scenes: the next command downloads again
	rm -rf .venv node_modules static/dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
