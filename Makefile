# Everything here works on a fresh machine: .ci/setup makes .venv first where it is not ready.
SHELL := bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

OUT ?=
PYTHON ?=
export PYTHON

bin := .venv/bin
ours := virtopsy archive viewer resources main.py
on_screen = xvfb-run --auto-servernum --server-num=$(1) --server-args="-screen 0 1600x1000x24"
screen := $(call on_screen,99)
windows := tests/viewer/widgets tests/journeys
layout := tests/viewer/widgets/test_layout.py
compile := $(bin)/python -m piptools compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --build-deps-for editable

.PHONY: help demo run test check faults bench lock clean ready ready-to-develop

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: ready ## the whole job on the synthetic case: in the window, or into OUT=folder without one
	@out="$(OUT)"; \
	if [[ -z "$$out$$DISPLAY$$WAYLAND_DISPLAY" ]]; then \
		out=demo; n=1; while [[ -e "$$out" ]]; do n=$$((n + 1)); out="demo-$$n"; done; \
	fi; \
	$(bin)/virtopsy demo $${out:+"$$out"}

run: ready ## open the window
	@$(bin)/virtopsy

test: ready-to-develop check ## everything: check, unit tests, faults, journeys in a real window
	@$(screen) $(bin)/python -m pytest -n auto $(windows:%=--ignore=%) --ignore=tests/faults
	@$(bin)/python -m pytest -n auto tests/faults
	@# Each half on a screen of its own: two windows on one would take the keyboard from each other.
	@$(call on_screen,199) $(bin)/python -m pytest tests/journeys $(layout) & other=$$!; \
	$(screen) $(bin)/python -m pytest tests/viewer/widgets --ignore=$(layout); code=$$?; \
	wait $$other && exit $$code

check: ready-to-develop ## style, types and the arrows between the floors
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/python -m mypy --strict $(ours)
	$(bin)/lint-imports

faults: ready-to-develop ## every fault and attack on the evidence archive: tried, survived, lost
	@VIRTOPSY_FAULTS=all $(bin)/python -m pytest -n auto --no-header --durations=0 \
		--durations-min=60 tests/faults

bench: ready-to-develop ## measure against the rivals, in the same run
	@for script in $$(grep -l __main__ tests/bench/*.py); do \
		echo "== $$script"; name=$$(basename "$$script" .py); \
		$(screen) $(bin)/python -m "tests.bench.$$name" || exit 1; \
	done

lock: ready-to-develop ## pin the newest packages that pyproject.toml allows (about ten minutes)
	$(compile) --upgrade --output-file requirements.lock pyproject.toml
	$(compile) --upgrade --extra develop --constraint requirements.lock \
		--output-file requirements-develop.lock pyproject.toml
	sed -i '/^#/d;/^$$/d' requirements.lock requirements-develop.lock

clean: ## remove what was made here: .venv, caches, the demo
	rm -rf .venv build dist demo demo-[0-9]* *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
	find virtopsy archive viewer resources tests -name __pycache__ -prune -exec rm -rf {} +

ready:
	@.ci/setup demo

ready-to-develop:
	@.ci/setup test
