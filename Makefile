# Every target works from nothing: it makes .venv and installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo/digits-vit
WORKERS ?= 2
# The generated repository works in the environment that is active: here, ours.
BENCH := build/bench/.venv
UPDATES := build/bench/.updates
IN_DEMO := VIRTUAL_ENV=$(CURDIR)/$(VENV) PATH=$(CURDIR)/$(BIN):$$PATH $(MAKE) --no-print-directory -C $(DEMO)

.DEFAULT_GOAL := help
.PHONY: help demo test browser references lint bench bench-around bench-defects bench-engine bench-limits bench-maps bench-tiers bench-updates bench-checking combinations zoo examples goldens lock clean

help:  ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

$(VENV)/.dev: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --constraint requirements.lock pip
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable . --group dev
	@touch $@

demo: $(VENV)/.dev  ## Generate a repository, train it, test it, prove parity (the main job)
	rm -rf $(DEMO)
	$(BIN)/scaffold new $(DEMO) --defaults
	$(IN_DEMO) train results
	$(IN_DEMO) test
	$(IN_DEMO) parity
	@echo "Look at: $(DEMO)/README.md (results), $(DEMO)/docs (what to fill in), $(DEMO)/src (your model)"

test: $(VENV)/.dev browser references  ## Run the whole suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

browser:  ## Install the browser that the suite needs, where we may
	@tests/browser/install.sh

references: $(BENCH)/.zoo  ## Make the environment of timm, torchvision and transformers that the suite needs (6 GB)

lint: $(VENV)/.dev  ## Check style, types and the stacking of the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## Measure the speed of the command line beside its neighbours
	$(BIN)/python benchmarks/speed.py

# torchvision, timm and transformers need another torch than we do, so they live apart (about 6 GB).
$(BENCH)/.dev: benchmarks/defects/requirements.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --requirement $< --editable '.[parity]'
	@touch $@

bench-defects: $(BENCH)/.dev  ## Measure who finds planted defects (ARGS='--only vit --methods scaffold' for a share)
	OMP_NUM_THREADS=1 $(BENCH)/bin/python -m benchmarks.defects.run --workers $(WORKERS) $(ARGS)

bench-limits: $(VENV)/.dev  ## Measure how far rounding goes: the distribution behind the limit of q
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.limits.run

$(BENCH)/.zoo: $(BENCH)/.dev benchmarks/zoo/requirements.txt
	$(BENCH)/bin/python -m pip install --quiet --requirement benchmarks/zoo/requirements.txt
	@touch $@

zoo: $(BENCH)/.zoo  ## Make repositories around many models, and run their suites (hours; ARGS='--only bert')
	OMP_NUM_THREADS=1 $(BENCH)/bin/python -m benchmarks.zoo.run $(ARGS)

bench-around: $(BENCH)/.zoo  ## Measure what making a repository around a reference costs, by size
	$(BENCH)/bin/python -m benchmarks.around

bench-tiers: $(BENCH)/.dev  ## Record ResNet-50 and ViT-Tiny by sketches, and find planted defects
	OMP_NUM_THREADS=1 $(BENCH)/bin/python -m benchmarks.tiers.run $(ARGS)

bench-engine: $(BENCH)/.dev  ## Measure what recording and comparing cost (ARGS='--only memory' for a section)
	OMP_NUM_THREADS=1 $(BENCH)/bin/python -m benchmarks.engine.run $(ARGS)

$(UPDATES)/.dev: benchmarks/updates/requirements.txt
	$(PYTHON) -m venv $(UPDATES)
	$(UPDATES)/bin/python -m pip install --quiet --requirement $<
	@touch $@

bench-updates: $(VENV)/.dev $(UPDATES)/.dev  ## Play updates beside copier and cruft, and see who loses an edit
	$(BIN)/python -m benchmarks.updates.run --ours $(CURDIR)/$(BIN) --theirs $(CURDIR)/$(UPDATES)/bin

bench-checking: $(VENV)/.dev $(UPDATES)/.dev  ## Measure what checking costs, beside sp-repo-review
	$(BIN)/python benchmarks/checking.py --theirs $(UPDATES)/bin

bench-maps: $(BENCH)/.dev  ## Measure how weight maps between libraries are found (ARGS='--only swin' for a few)
	OMP_NUM_THREADS=1 $(BENCH)/bin/python -m benchmarks.maps.run $(ARGS)

combinations: $(VENV)/.dev  ## Compose every combination of a repository's configuration groups (the suite: one in 23)
	EVERY_COMBINATION=1 $(BIN)/python -m pytest tests/e2e/test_generated_repository.py -k combinations

examples: $(VENV)/.dev  ## Render examples/ again, after a change of the template
	$(BIN)/python examples/regenerate.py

goldens: $(VENV)/.dev  ## Record the template's bundle again; ARGS='--update --reason "..."'
	rm -rf build/goldens
	$(BIN)/scaffold new build/goldens --defaults --no-git
	$(BIN)/scaffold record build/goldens $(ARGS)
	cp build/goldens/goldens/twin/* templates/reengineering/repository/goldens/twin/
	mkdir -p templates/reengineering/repository/goldens/full
	cp build/goldens/goldens/full/* templates/reengineering/repository/goldens/full/

lock: $(VENV)/.dev  ## Write the versions that are installed now into requirements.lock
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu//' > requirements.lock

clean:  ## Remove what the targets made
	rm -rf $(VENV) build dist
