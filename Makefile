# `make` alone lists the targets; their code is in tools/.
PYTHON ?= python3
UV := var/tools/bin/uv
RUN := .venv/bin/python -m
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-annotate --no-header
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)

# Each process would compile our code again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help start start-save start-run demo reset test check bench scratch scratch-stop servers servers-stop fix messages requirements release chromium

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: var/.ready ## set up, start everything with three demonstration projects, print the sign-ins; Ctrl-C ends it
	@exec $(RUN) tools.servers.demo

start: var/.ready ## set up, start an empty instance, print the address that sets it up; Ctrl-C ends it
	@exec $(RUN) tools.servers.start

start-save: TO ?= var/saved
start-save: var/.ready ## save the data of `make start`, for a server or another machine (TO=FOLDER)
	@exec $(RUN) tools.servers.start save $(TO)

start-run: var/.ready ## call a command of manage.py on the data of `make start` (COMMAND="ledger_verify")
	@exec $(RUN) tools.servers.start run $(COMMAND)

reset: var/.ready ## delete the demo's data, so that the next `make demo` starts over
	@exec $(RUN) tools.servers.demo reset

test: ARGS ?= --numprocesses auto --no-loadscope-reorder --durations 50
test: var/.ready chromium ## the whole test suite, Chromium journeys included (ARGS="-k owner": a part, WHOLE=1: overnight, DAY=2028-02-29: on that day)
	@exec $(if $(DAY),$(PYTHON) tools/day.py $(DAY) --) $(RUN) tools.servers.embedded run --folder var/test --env test --role owner -- .venv/bin/pytest $(ARGS)

check: var/.ready ## style, types, layers, templates, migrations, deployment
	@exec $(RUN) tools.servers.embedded run --folder var/check -- .venv/bin/python tools/check.py

bench: SIZE ?= S
bench: var/.ready ## time pages and acts on a populated instance, and their lower bound (SIZE="S M": how they grow)
	@exec $(RUN) tests.bench $(SIZE)

scratch: var/.ready ## a throw-away instance in the background, described in var/scratch.json (EMPTY=1: to be set up)
	@exec $(RUN) tools.servers.scratch start $(if $(EMPTY),--empty)

scratch-stop: var/.ready ## stop the throw-away instance (EMPTY=1: the empty one)
	@exec $(RUN) tools.servers.scratch stop $(if $(EMPTY),--empty)

servers: var/.ready ## only PostgreSQL and Redis, in the background; prints the environment for manage.py
	@exec $(RUN) tools.servers.embedded start

servers-stop: var/.ready ## stop both servers
	@exec $(RUN) tools.servers.embedded stop

fix: var/.ready ## format the code and the templates, apply automatic fixes
	.venv/bin/ruff check --fix --quiet .
	.venv/bin/ruff format --quiet .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 {} +

messages: var/.ready ## collect the texts to translate into locale/ (needs GNU gettext)
	$(RUN) tools.servers.embedded run -- .venv/bin/python manage.py makemessages --locale fr --no-location --ignore var --ignore .venv

release: var/.ready ## give the newest version its day, write its notes and its packages (docs/release.md)
	@exec .venv/bin/python tools/release.py

requirements: $(UV) ## pin the newest allowed versions again, with hashes
	$(COMPILE) --upgrade pyproject.toml --output-file requirements/prod.txt
	$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements/dev.txt
	echo 'uv>=0.13.9,<0.14' | $(COMPILE) --upgrade - --output-file requirements/uv.txt

chromium:
	@$(PYTHON) tools/setup.py chromium

# Set-up runs once, and again only for changed files.
$(UV) .venv/.ready: requirements/dev.txt requirements/uv.txt tools/setup.py
	@$(PYTHON) tools/setup.py

var/.ready: .venv/.ready $(CATALOGUES)
	@$(RUN) config.messages
	@touch $@
