# Two commands matter: `make demo` shows the program at work, `make test` passes the tests.
# Both set up .venv from the hash-locked requirements first; nothing outside this folder is touched.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

.PHONY: demo test test-browser kills fuzz-text audit bench bench-report check lint types layers setup setup-dev lock model clean help fuzz bench-scraper soak

help: ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## set up, then run the main job on the bundled sample pages
	@$(BIN)/paomo demo

test: $(VENV)/.dev ## set up, then run every test
	@$(BIN)/python -m pytest

test-browser: $(VENV)/.dev ## look at the report's page in a real Chromium, got if there is none
	@$(BIN)/python tests/browser/chromium.py --install
	@$(BIN)/python -m pytest tests/browser/page_in_chromium.py

bench: $(VENV)/.dev ## measure everything beside peers and limits and write docs/benchmarks.md (minutes); SIZE=1000000: the long one
	@$(BIN)/python -m tests.bench.bench $(if $(SIZE),--posts $(SIZE) --texts $(SIZE)) $(if $(DAY),--day $(DAY))

bench-report: $(VENV)/.dev ## measure paomo report on a million posts (minutes, 1.2 GB in the temporary folder)
	@$(BIN)/python tests/bench/bench_report.py

kills: $(VENV)/.dev ## kill a crawl 200 times and look whether anything is lost
	@KILLS=200 $(BIN)/python -m pytest tests/scraper/test_crawl_command.py -k kill_9

SECONDS ?= 600
fuzz-text: $(VENV)/.dev ## throw random texts at the readers of text for SECONDS (600); prints its seeds
	@$(BIN)/python -m tests.fuzz.texts --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

DAYS ?= 30
soak: SECONDS = 0
soak: $(VENV)/.dev ## live DAYS (30) of crawl, score, digests and alerts in faked time, with other seeds until SECONDS are over
	@$(BIN)/python -m tests.soak.soak --days $(DAYS) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

audit: $(VENV)/.dev ## hold the locks against ADVISORIES, a folder or zip in the OSV format, without a network
	@$(BIN)/python -m tests.audit_lock "$(ADVISORIES)" requirements.lock requirements-build.lock requirements-dev.lock

FUZZ_SECONDS ?= 60
fuzz: $(VENV)/.dev ## search for pages that trip a reader, FUZZ_SECONDS for each of them (Linux, Python up to 3.13)
	@$(BIN)/python tests/fuzz/cover.py --seconds $(FUZZ_SECONDS)

bench-scraper: $(VENV)/.dev ## measure reading, storing and asking beside other parsers and plain inserts
	@$(BIN)/python tests/bench/bench_scraper.py

check: lint types layers ## lint, types and layers

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy

layers: $(VENV)/.dev
	@$(BIN)/lint-imports

setup: $(VENV)/.run ## only set up what running needs

setup-dev: $(VENV)/.dev ## set up what the tests need too

$(VENV)/.run: requirements-build.lock requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "paomo needs Python 3.11 or newer; none was found. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version): about a minute" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "adding what the tests need" >&2
	@$(PIP) --require-hashes --no-build-isolation -r requirements-dev.lock
	@touch $@

POSTS := nlp/data/corpus/corpus.jsonl nlp/data/corpus/contrast.jsonl
model: $(VENV)/.dev ## rebuild the stance model from the repository alone, and the intent model; PUBLIC=FOLDER: the variant that learned public posts
	@$(BIN)/paomo train $(POSTS) $(if $(PUBLIC),--public "$(PUBLIC)" --name stance-full --out full.npz,--name stance-own --out own.npz)
	@$(BIN)/python -m bot.understanding.intent_training

lock: ## write the lock files anew from pyproject.toml (needs uv)
	@printf 'hatchling>=1.27\neditables>=0.5\nsetuptools>=82\nwheel\n' | $(COMPILE) - -o requirements-build.lock
	@$(COMPILE) pyproject.toml --extra charts --group dev -o requirements-dev.lock
	@$(COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock

clean: ## remove the virtual environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
