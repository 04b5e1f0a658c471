# Every target works in a fresh clone: what it needs is installed into .venv first, and only when something changed.
.PHONY: help install dev demo test check bench lock clean
.DEFAULT_GOAL := help

# make test ARGS="tests/store -k chain", make demo ARGS=--exit, make install PYTHON=/usr/bin/python3.12
ARGS ?=
export PYTHON

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

install: ## Make .venv/bin/trust-alerts, as requirements.lock says
	@sh .ci/install runtime

dev: ## Install what is needed to work on the code as well (requirements-dev.lock)
	@sh .ci/install dev

demo: install ## Play the xz take-over through the running system
	@.venv/bin/trust-alerts demo $(ARGS)

test: dev ## Run all tests
	@.venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

check: dev ## Run every check that needs no running system: style, types, import direction, docs
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest tests/project

bench: dev ## Measure deliveries a second on this machine (see bench/README.md)
	@.venv/bin/python -m bench.throughput $(ARGS)

lock: dev ## Write the lock files anew after a change of the dependencies in pyproject.toml
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
		--group build pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
		--group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove what was installed and cached; the app's data stay
	rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .demo dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
