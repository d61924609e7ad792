# Two commands: `make run` serves the page, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench image screenshots types lock clean

run: .venv/run
	$(BIN)/python -m app serve

test: .venv/test
	scripts/test

check: .venv/test
	scripts/check

bench: .venv/bench
	scripts/bench $(CASES)

screenshots: .venv/test
	scripts/screenshots

types: .venv/test
	scripts/generate-types

image:
	scripts/check-image

lock:
	scripts/lock

clean:
	rm -rf .venv node_modules static/vendor

# What `make run` needs, and what the tests need on top of it, are stamped apart: serving the page
# downloads no browser driver.
.venv/run: pyproject.toml requirements.lock package.json package-lock.json hatch_build.py
	PYTHON=$(PYTHON) scripts/install
	touch $@

.venv/test: .venv/run requirements-test.lock
	scripts/install-test
	touch $@

.venv/bench: .venv/run requirements-bench.lock
	scripts/install-bench
	touch $@
