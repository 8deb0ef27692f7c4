# Two commands do it all on a fresh machine: `make demo` and `make test`.
.PHONY: setup demo check test bench docs lock clean
PYTHON ?= python3
BIN := .venv/bin

setup: .venv/.ready .venv/.warm .venv/.warm-films

# uv where it is present; plain venv and pip otherwise.
.venv/.ready: pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps -e . ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e . ; \
	fi
	touch $@

# Kernels are compiled once, so that no plan waits for them.
.venv/.warm: .venv/.ready
	$(BIN)/python -m planner.solvers.warm
	touch $@

.venv/.warm-films: .venv/.ready
	$(BIN)/python -m planner.simulation.warm
	touch $@

demo: setup
	@mkdir -p demo
	$(BIN)/bayplan plan datasets/scenarios/daas-density/onprem.yaml --html demo/onprem.html
	$(BIN)/bayplan plan datasets/scenarios/daas-density/multicloud.yaml --time-limit 7 --html demo/multicloud.html
	@echo "The bay plans: demo/onprem.html and demo/multicloud.html (open them in a browser)"

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/.ready
	$(MAKE) --no-print-directory -j3 check .venv/.warm .venv/.warm-films
	$(BIN)/pytest -n auto

# Measure the generated fleets; with DATA=FOLDER the public instances there, too.
bench: setup
	$(BIN)/python -m benchmarks.run $(if $(DATA),--data $(DATA))

# Make the generated parts of the reference pages anew.
docs: setup
	$(BIN)/python docs/reference/refresh.py

# Renew the pinned versions after a change of dependencies in pyproject.toml.
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --no-header --universal --no-emit-index-url --no-emit-find-links --no-annotate \
	  --python-version 3.11 --all-extras --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv demo
