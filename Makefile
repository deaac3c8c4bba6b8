# Everything a person types here. Needs make, git and python3 (3.11 or newer), and no root.

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 3
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install demo test test-grafana check lint types generate check-generated lock \
	$(shell sed -n 's/^\(benchmark-[a-z-]*\):.*/\1/p' Makefile) clean

help: ## List these targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 34

install: ## Make .venv with loadline and everything the tests need, and fetch a Prometheus if there is none.
	@$(PYTHON) infra/install/install.py

demo: install ## Find the maximum throughput of a sample API whose capacity is known; results go to results/.
	@LOADLINE_STORE="$(CURDIR)/results" $(BIN)/loadline demo

test: install ## Run every test, WORKERS at a time (3): most of their time they wait.
	@$(BIN)/python -m pytest --numprocesses $(WORKERS)

test-grafana: install ## Look at every board on the live Grafana at GRAFANA_URL, with Chromium; screenshots go to results/.
	@$(BIN)/python -m pytest tests/live_grafana

check: install lint types check-generated test ## Run all that a change must pass.

lint: install ## Check style and formatting with ruff.
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: install ## Check types with mypy.
	@$(BIN)/mypy

generate: install ## Write the dashboards, alerting rules and the table of EC2 instance types anew from their sources.
	@$(BIN)/python -m dashboards.build
	@$(BIN)/python -m rules.slo
	@$(BIN)/python infra/ec2/instance_types.py

check-generated: install ## Check that what is generated and committed is what its sources make.
	@$(BIN)/python -m dashboards.build --check
	@$(BIN)/python -m rules.slo --check
	@$(BIN)/python infra/ec2/instance_types.py --check

lock: install ## Write the lock files anew; pins stay where they can.
	@$(LOCK) --extra dev --output-file requirements.lock
	@$(LOCK) --constraint requirements.lock --output-file requirements-runtime.lock

benchmark-analyze: install ## Time loadline analyze beside Prometheus itself: ten minutes, and a day of ten processes.
	@$(BIN)/python -m tests.benchmarks.analyze

benchmark-accuracy: install ## Grade the answer on simulated runs of known truth, and write docs/accuracy.md.
	@$(BIN)/python -m tests.benchmarks.accuracy --write

benchmark-exporter: install ## CPU, latency and memory of the exporter beside Debian's node_exporter; five minutes.
	@$(BIN)/python -m tests.benchmarks.exporter

benchmark-watch: install ## CPU, memory and promptness of the watcher on three real runs of k6; eight minutes.
	@$(BIN)/python -m tests.benchmarks.watch

benchmark-real: install ## Run k6 and wrk against real servers of known capacity (11 minutes), and write docs/real-runs.md.
	@$(BIN)/python -m tests.benchmarks.real --write

benchmark-real-steered: install ## The same servers, loaded by runs that steer themselves (25 minutes); writes docs/real-steered-runs.md.
	@$(BIN)/python -m tests.benchmarks.real.steered --write

benchmark-alerts: install ## Time from the loss of an SLO to the notification on five real runs, and what the rules cost; ten minutes.
	@$(BIN)/python -m tests.benchmarks.alerting

benchmark-compare: install ## Compare simulated servers, equal ones and slower ones (10 minutes), and write it into docs/compare.md.
	@$(BIN)/python -m tests.benchmarks.compare --write

benchmark-steering: install ## Let simulated runs find their own range (five minutes), and write it into docs/steering.md.
	@$(BIN)/python -m tests.benchmarks.steering --write

benchmark-stopping: install ## Stop simulated runs as soon as their answer is known (5 minutes), and write it into docs/stopping.md.
	@$(BIN)/python -m tests.benchmarks.stopping --write

benchmark-confirm: install ## Confirm the SLO capacity of simulated servers (two to five minutes), and write the table into docs/confirm.md.
	@$(BIN)/python -m tests.benchmarks.confirm --write

clean: ## Remove what these targets made, except results/.
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
