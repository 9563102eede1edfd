# Facetrail's commands. `make` alone lists them.
#
# Everything happens inside this folder: the environment in .venv, what a run produces in data. Each step that was done
# leaves a stamp file, and is done again only when what it depends on has changed, so every command can be run at any
# time. Needs GNU make and Python 3.11 to 3.13; nothing is installed outside this folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The footage, the gallery and the data folder of `make run`. They reach the shell through the environment and are quoted
# there, so that a path may hold spaces: make VIDEO="My films/party.mp4" GALLERY="Our people" run
VIDEO ?=
GALLERY ?=
DATA ?= data
export VIDEO GALLERY DATA

# Another Python: make PYTHON=/opt/python3.12/bin/python3 run
PYTHON ?=
# Arguments for the tests, the bench and the locks: make test ARGS="-k gallery -x"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The locks hold a sha256 for every file: another file under the same name is refused. A package that has to be built is
# built by the tools of the build lock, since a build in isolation would fetch its own without a hash.
INSTALL := $(PIP) install --quiet --require-hashes --no-build-isolation --use-pep517 --requirement
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# ---------------------------------------------------------------------------------------------- what people type

.PHONY: help
help: ## List the commands
	@echo 'Facetrail: footage in, a record of who was seen when out.'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

# What a run leaves is best looked at in the browser.
PAGES_HINT := printf '\nSee it in the browser: %s up --data %s\nand open the link that it prints.\n' $(BIN)/facetrail "$$DATA"

.PHONY: run
run: $(VENV)/run.stamp ## The main job on the sample, or on your own: VIDEO=film.mp4 GALLERY=people/
	@if [ -z "$$VIDEO" ] && [ -z "$$GALLERY" ]; then \
	    $(BIN)/facetrail sample --out "$$DATA/sample" && \
	    $(BIN)/facetrail analyze "$$DATA/sample/sample.mp4" --gallery "$$DATA/sample/gallery" --data "$$DATA" && \
	    $(PAGES_HINT); \
	elif [ -z "$$VIDEO" ]; then \
	    echo 'make run: GALLERY is given without VIDEO; name the footage too: make run VIDEO=film.mp4 GALLERY=people/' >&2; \
	    exit 2; \
	else \
	    $(BIN)/facetrail analyze "$$VIDEO" $${GALLERY:+--gallery "$$GALLERY"} --data "$$DATA" && $(PAGES_HINT); \
	fi

.PHONY: test
test: $(VENV)/dev.stamp ## All tests that this machine can run
	$(BIN)/python -m pytest $(ARGS)

.PHONY: quick
quick: $(VENV)/dev.stamp ## The tests that take under a minute together
	$(BIN)/python -m pytest -m 'not slow and not gpu and not browser' $(ARGS)

.PHONY: check
check: $(VENV)/dev.stamp ## Format, lint, types, the direction of imports, and the deployment files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml docker-compose.gpu.yml \
	    docker-compose.postgres.yml
	$(BIN)/hadolint Dockerfile

.PHONY: bench
bench: $(VENV)/dev.stamp ## The ratios that docs/performance.md promises; ARGS=--short for a minute of footage
	$(BIN)/python -m tests.bench --data "$$DATA" $(ARGS)

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp ## The pictures of docs/pages.md anew, from the sample; needs Chromium
	$(BIN)/python -W ignore -m tests.screenshots --weights "$$DATA/weights"

.PHONY: wheel
wheel: $(VENV)/dev.stamp ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

# An unchanged pin stays as it is; ARGS=--upgrade takes the newest of everything, ARGS='--upgrade-package rich' of one.
# uv's locks name no address, so they hold for whatever index or mirror pip is set up with.
LOCK := $(VENV)-lock/bin/uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-annotate --no-header --quiet
# Only for the image with CUDA, whose Python and system are known.
LOCK_GPU := $(VENV)-lock/bin/uv pip compile --python-version 3.12 --python-platform x86_64-manylinux_2_28 \
	--generate-hashes --no-annotate --no-header --quiet

.PHONY: lock
lock: $(VENV)-lock/uv.stamp ## Make the requirements*.lock again from pyproject.toml
	$(LOCK) --group build --output-file requirements-build.lock $(ARGS)
	$(LOCK) pyproject.toml --output-file requirements.lock $(ARGS)
	$(LOCK) pyproject.toml --group dev --output-file requirements-dev.lock $(ARGS)
	$(LOCK) pyproject.toml --extra mqtt --extra postgres --constraint requirements.lock \
	    --output-file requirements-image.lock $(ARGS)
	echo 'tensorflow[and-cuda]' | $(LOCK_GPU) - --constraint requirements.lock --output-file requirements-gpu.lock $(ARGS)

.PHONY: clean
clean: ## Remove the environment and everything built; the data folder stays
	rm -rf $(VENV) $(VENV)-lock dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------- how it is set up

# The project itself, as a link to this folder: an edit here counts at once. The pages' htmx comes out of a package, by
# its sha256; it is no code of ours, so it is not in the repository.
LINK := $(PIP) install --quiet --no-deps --no-build-isolation --editable . && $(BIN)/python -m dashboards.web.scripts

$(VENV)/run.stamp: $(VENV)/tools.stamp requirements.lock pyproject.toml
	@echo 'Installing what Facetrail needs into $(VENV) (some 600 MB to download, once) ...'
	@$(INSTALL) requirements.lock
	@$(LINK)
	@touch $@

# The development lock is the run lock and more, so it satisfies the run stamp as well.
$(VENV)/dev.stamp: $(VENV)/tools.stamp requirements-dev.lock pyproject.toml
	@echo 'Installing what developing Facetrail needs into $(VENV) (some 700 MB to download, once) ...'
	@$(INSTALL) requirements-dev.lock
	@$(LINK)
	@touch $@ $(VENV)/run.stamp

$(VENV)/tools.stamp: $(VENV)/created.stamp requirements-build.lock
	@$(PIP) install --quiet --require-hashes --only-binary :all: --requirement requirements-build.lock
	@touch $@

# An environment that works is kept: the stamp may be missing because somebody made it by hand.
$(VENV)/created.stamp:
	@if [ -x $(BIN)/python ] && $(BIN)/python -c '$(SUPPORTED)' 2>/dev/null; then touch $@; exit 0; fi; \
	for python in $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11); do \
	    if "$$python" -c '$(SUPPORTED)' >/dev/null 2>&1; then \
	        echo "Creating $(VENV) with $$python ..."; \
	        "$$python" -m venv --clear $(VENV) && touch $@; exit; \
	    fi; \
	done; \
	echo 'Facetrail needs Python 3.11, 3.12 or 3.13 with its venv module, and found none on PATH.' >&2; \
	echo 'On Debian and Ubuntu: apt install python3-venv. Elsewhere: make PYTHON=/path/to/python3.12 run' >&2; \
	exit 1

$(VENV)-lock/uv.stamp: $(VENV)/created.stamp
	$(BIN)/python -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@touch $@
