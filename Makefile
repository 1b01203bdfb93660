# The day's words. `make up` is the first; each tells what it does.

.PHONY: help up down reset doctor ready test test-slow check bench conformance notebooks render \
        pictures sprites lock clean
.DEFAULT_GOAL := help

# The newest Python from 3.11 to 3.13 that works here; any other from 3.11 on if there is none.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$p; break; fi; done)
BOOTSTRAP = $(if $(PYTHON),$(PYTHON) scripts/bootstrap.py,\
	echo "Falta Python 3.11 o posterior: sudo apt-get install python3 / Python 3.11 or later is missing" >&2; exit 9; :)
VENV = .venv/bin
SITPLAN = $(VENV)/python -m sitplan
PYTEST = $(VENV)/python -m pytest

help:
	@echo "make up           levanta SITPLAN y dice en qué dirección    brings SITPLAN up"
	@echo "make down         lo detiene                                stops it"
	@echo "make reset        borra los datos y empieza de nuevo        starts over (asks first)"
	@echo "make doctor       qué está instalado, en marcha, mal        what is installed, running, wrong"
	@echo "make test         pruebas de cada día                       the day's tests"
	@echo "make test-slow    las largas, antes de publicar             the long ones, before a release"
	@echo "make check        estilo y tipos                            style and types"
	@echo "make bench        mediciones (docs/benchmarks.md)           measurements"
	@echo "make conformance  la API contra sus normas                  the API against its standards"
	@echo "make notebooks    abre los cuadernos en JupyterLab          opens the notebooks in JupyterLab"
	@echo "make render       lo que deriva de capas y cuadernos        what derives from layers and notebooks"
	@echo "make lock         versiones fijadas con sus sumas           pins versions with hashes"

# STAY=1 stays in the terminal and ONLY=database starts no more than that: for containers.
up:
	@$(BOOTSTRAP) up $(if $(ONLY),--only $(ONLY)) $(if $(STAY),--stay)

down:
	@if [ -x $(VENV)/python ]; then $(SITPLAN) down; fi

reset:
	@if [ -x $(VENV)/python ]; then $(SITPLAN) reset $(if $(YES),--yes); fi
	@$(BOOTSTRAP) up

doctor:
	@$(SITPLAN) doctor

# All but starting: what a container's image holds. WITH=notebooks installs JupyterLab besides.
ready:
	@$(BOOTSTRAP) $(if $(WITH),$(WITH),ready)

test: test-ready
	$(MAKE) check
	$(PYTEST) -m "not slow"

test-slow: slow-ready
	$(PYTEST) -m slow

.PHONY: test-ready slow-ready
test-ready:
	@$(BOOTSTRAP) test

slow-ready:
	@$(BOOTSTRAP) slow
	@$(PYTHON) -m scripts.sedona
	@$(PYTHON) -m scripts.spopt

check:
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(SITPLAN) render --check
	cd api/web && PATH="$(CURDIR)/$(VENV):$$PATH" npm run --silent check

bench:
	@$(BOOTSTRAP) bench
	$(VENV)/python tests/benchmarks/run.py

# Asks every declared class, and the checks by others' hands where they are on this machine
# (SITPLAN_SHARED); docs/conformance.json keeps what it said, FEATURES.md tells it.
conformance: test-ready
	SITPLAN_CONFORMANCE=docs/conformance.json $(PYTEST) tests/api/test_conformance.py \
		tests/api/test_processes.py tests/api/test_ats.py tests/api/test_cql2_conformance.py
	@$(SITPLAN) render >/dev/null
	@sed -n '/^## Conformance/,/^## Acceptance/p' FEATURES.md | grep '^|'

# LAB says more to JupyterLab, as LAB="--no-browser --ip=0.0.0.0" in a container.
notebooks:
	@$(BOOTSTRAP) notebooks
	$(VENV)/python -m jupyterlab --ServerApp.root_dir="$(CURDIR)/notebooks" $(LAB)

# The notebooks are run on the running instance; where it or JupyterLab is not there, it says so.
render:
	$(SITPLAN) render
	@$(VENV)/python scripts/render_notebooks.py

pictures: test-ready
	$(VENV)/python scripts/pictures.py

# The images of the map's styles on one sheet a theme, for maps that are not ours.
sprites: test-ready
	$(VENV)/python scripts/sprites.py

# uv resolves; nothing else of ours needs it, so it lives apart.
UV = .venv/uv/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 \
	--custom-compile-command "make lock"
lock:
	$(PYTHON) -m venv .venv/uv
	.venv/uv/bin/python -m pip --disable-pip-version-check --quiet install uv==0.13.9
	unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL; \
	$(UV) --upgrade --output-file requirements.lock && \
	$(UV) --upgrade --extra test --constraints requirements.lock --output-file requirements-test.lock && \
	$(UV) --upgrade --extra notebooks --constraints requirements-test.lock \
		--output-file requirements-notebooks.lock && \
	$(subst pyproject.toml,--group build,$(UV)) --upgrade --output-file requirements-build.lock

clean:
	rm -rf build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis api/web/dist
