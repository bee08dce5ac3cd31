# The two commands of the README, and what keeps them true.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What a lock has, and this clone's `visage` command. The locks are whole, and the builders locked, too:
# pip takes nothing of its own choosing.
define install
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -c 'import sys; (3, 11) <= sys.version_info[:2] < (3, 14) or sys.exit( \
	    "Python 3.11, 3.12 or 3.13 is needed: for others, not all that is locked is built. " \
	    "Remove .venv, then: make PYTHON=python3.13 (docs/environments.md)")'
	$(PIP) --require-hashes -r envs/locks/build.txt
	$(PIP) --require-hashes --no-deps --no-build-isolation -r $(1)
	$(PIP) --no-deps --no-build-isolation --editable .
endef

.DEFAULT_GOAL := scores
.PHONY: scores tensorflow app bench test test-all test-cluster test-envs test-faults check docs audit lock clean

# The main job: packages, demo photographs, weights, scores and the report.
scores: .venv/scores.done
	$(BIN)/snakemake --cores 8 results/scores.tsv results/report.html

# The models that run on TensorFlow: `make tensorflow`, then --config model=facenet512-retinaface
tensorflow: .venv/tensorflow.done

# The look-up page over the finished gallery; `make app OPTIONS="--configfile my.yaml"`. docs/app.md
app: .venv/app.done
	$(BIN)/visage page $(OPTIONS)

# Side by side: a process a core, at most four, each of which needs up to 2 GB. Whoever is done takes
# tests over from who is not.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist worksteal

# Every package named anywhere in the project, then the tests but for the longest.
test: .venv/test.done
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

# Everything: what is long and rare, too, such as kills, a real Slurm, an environment a stage.
KILLS ?= 10
test-all: .venv/test.done
	VISAGE_KILLS=$(KILLS) $(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "" --durations=30

# The demo through a real Slurm on this machine. Root on Debian.
test-cluster: .venv/test.done
	$(BIN)/python -m pytest -m long tests/cluster

# The demo with an environment a stage, and whether every pin can be met; takes minutes.
test-envs: .venv/test.done
	$(BIN)/python -m pytest tests/envs -m environments

# Everything broken on purpose: 50 kills, 1,000 hostile images, full disks; about 20 minutes.
test-faults: .venv/test.done
	VISAGE_KILLS=50 VISAGE_HOSTILE=1000 $(BIN)/python -m pytest -m "" tests/faults

# Format, lint, types, the layers of the package, names nobody uses; what `.ci/run` asks before anything else.
check: .venv/test.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow rules
	$(BIN)/snakemake --lint
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python tests/project/dead_code.py

# The pictures of the documentation, from the Snakefile and the demo's report. Needs Graphviz, Chromium.
docs: .venv/test.done
	$(BIN)/snakemake --cores 8
	$(BIN)/python docs/make.py

# Known vulnerabilities of locked packages; needs the advisory database. docs/supply-chain.md
audit: .venv/test.done
	$(BIN)/python -m uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip \
	    --require-hashes -r envs/locks/test.txt

# What docs/performance.md says, measured here; `make bench PHOTOGRAPHS=folder` for photographs of
# your own. An hour and a quarter on two cores.
PHOTOGRAPHS ?= resources/demo/gallery
bench: scores .venv/test.done
	$(BIN)/python benchmarks/embed.py --images $(PHOTOGRAPHS)
	$(BIN)/python benchmarks/embed.py --images $(PHOTOGRAPHS) --model sface-yunet-bfloat16
	$(BIN)/python benchmarks/facenet512.py
	$(BIN)/python benchmarks/scale.py --images 1000 10000 --shards 1 4 16
	$(BIN)/python benchmarks/scale.py --images 100000 --shards 16
	$(BIN)/python benchmarks/parsing.py --images 100000 1000000
	$(BIN)/python benchmarks/cache.py --images 50000 500000
	$(BIN)/python benchmarks/search.py --items 20000 100000
	$(BIN)/python benchmarks/stages.py --faces 100000 --dimension 512
	$(BIN)/python benchmarks/stages.py --faces 100000 --dimension 128 --stages evaluate audit
	$(BIN)/python benchmarks/report.py --images $(PHOTOGRAPHS)
	$(BIN)/python benchmarks/lookup.py

# Exact versions and hashes of everything, for any platform and Python from 3.11 on.
lock: .venv/test.done
	$(BIN)/python envs/lock.py

.venv/scores.done: envs/locks/scores.txt
	$(call install,$<)
	touch $@

.venv/app.done: envs/locks/app.txt
	$(call install,$<)
	touch $@ .venv/scores.done

.venv/tensorflow.done: envs/locks/tensorflow.txt
	$(call install,$<)
	touch $@ .venv/scores.done

.venv/test.done: envs/locks/test.txt
	$(call install,$<)
	touch $@ .venv/scores.done .venv/app.done .venv/tensorflow.done

clean:
	rm -rf .venv results .snakemake
