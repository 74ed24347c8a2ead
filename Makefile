# One command each: make demo, make test. Everything is installed in .venv from pinned, hashed requirements.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo install test lint types quick stored browser roles dagster desk postgresql spark spark-install attack damage crash worlds recovery oracle mutation bench load sbom lock clean

demo: install
	$(BIN)/veiligheid demo

install: $(INSTALLED)

$(INSTALLED): requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name it with make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Everything that must be green: style, types, tests, every page in a real browser.
test: install lint types quick stored browser postgresql

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

# About two minutes on two cores, so that it is run.
quick: install
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow" --ignore tests/browser --ignore tests/postgresql --ignore tests/spark \
		$(addprefix --ignore ,$(STORED))

# The whole road: what is stored survives hostile files, kills, full disks, damage, backfills and any order of arrival, and
# what is published tells of nobody through time: the short versions of make crash, damage and worlds.
STORED := $(addprefix tests/pipeline/test_,$(addsuffix .py,arrival backfill backfill_causes backfill_killed crash damage desk \
	erasure explain hostile_deliveries migration restore road rotation together)) tests/worlds
stored: install
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow" $(STORED)

browser: install
	$(BIN)/pytest -m "not slow" tests/browser

# Every role on every page, by direct address and in every file (about 4 minutes).
roles: install
	$(BIN)/pytest tests/browser/test_roles.py

# Schedule, sensors and a backfill of all feeds, started in Dagster's own web interface (about 3 minutes).
dagster: install
	$(BIN)/pytest -m slow tests/browser/test_dagster.py

# The stewards' pages beside a real Dagster, from a preview to what came of it; a dozen figures of every indicator computed again.
# (About 3 minutes.)
desk: install
	$(BIN)/pytest -m slow tests/browser/test_desk.py tests/pipeline/test_explain.py

# The ledger in a real PostgreSQL; tests/postgresql/setup.sh installs Debian's.
postgresql: install
	$(BIN)/pytest tests/postgresql

# Every statistic on Spark beside DuckDB's, on the inbox of every bound and on a tenth of a country (about 5 minutes). Not
# in make test: Spark is larger than all else together. Where it is missing this says so.
spark: install
	$(BIN)/pytest tests/spark

# What veiligheid compute --engine spark needs besides Java 17 (450 MB).
spark-install: $(VENV)/.spark-installed

$(VENV)/.spark-installed: requirements-spark.txt | $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --require-hashes --requirement requirements-spark.txt
	touch $@

# Is the attack on publications sharp? 1,000 planted leaks of fifteen kinds (about 15 minutes).
attack: install
	$(BIN)/pytest -n 2 -m slow tests/unit/indicators/test_attack_planted.py

# 2,000 stored files damaged, one at a time: each noticed before a figure is shown. Deliveries in any order of arrival.
# (About 10 minutes.)
damage: install
	$(BIN)/pytest -n 2 -m slow tests/pipeline/test_damage.py tests/pipeline/test_arrival.py

# 200 fictitious countries publish six times and correct in between: nobody is given away.
# (Two hours. How many cells they show, and how many the gate hid: var/worlds.xml.)
worlds: install
	$(BIN)/pytest -n 2 -m slow --junitxml var/worlds.xml tests/worlds

# Does the road find back what was planted? 20 fictitious countries (about 15 minutes).
recovery: install
	$(BIN)/pytest -m slow tests/spec/test_recovery.py

# Every cell against the slow oracle, on 2,000 random inboxes (about 40 minutes).
oracle: install
	$(BIN)/pytest -n 2 -m slow tests/spec/test_against_oracle.py

# Does a test notice when what defines a figure is broken? Every small change of it (see tests/mutation).
mutation: install
	$(BIN)/python -m tests.mutation

# 500 kill -9, trouble at every write, fsync, rename and commit, a disk full at every size; a migration, an erasure and
# another key killed at 80 of their calls (about 30 minutes).
crash: install
	$(BIN)/pytest -n 2 -m slow tests/pipeline/test_crash_at_length.py tests/pipeline/test_together.py \
		tests/pipeline/test_backfill_killed.py tests/pipeline/test_migration.py tests/pipeline/test_erasure.py \
		tests/pipeline/test_rotation.py

# Ten national years: CPU, time and memory of every part, against a bare scan, polars and pandas, and which goals are met
# (see docs/performance.md). About an hour; with BENCH="--years 1 --scale 0.02 --repeats 1" two minutes.
bench: install
	$(BIN)/python -m tests.bench $(BENCH)

# How fast the dashboard answers one person, and thirty at once (about 5 minutes).
load: install
	$(BIN)/python -m tests.bench --load

# What the product is built of (CycloneDX), and the licence list.
sbom: install
	$(BIN)/python docs/runbook/sbom.py var/sbom.json docs/licences.md

# Resolves pyproject.toml again (needs uv); no download address is written.
lock:
	uv pip compile pyproject.toml --extra test --python-version 3.11 --generate-hashes \
		--no-strip-extras --custom-compile-command "make lock" --output-file requirements.txt
	$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" \
		| uv pip compile - --constraint requirements.txt --python-version 3.11 --generate-hashes \
		--no-annotate --custom-compile-command "make lock" --output-file requirements-spark.txt

clean:
	rm -rf $(VENV) var
