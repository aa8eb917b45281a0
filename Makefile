# The front door: `make` lists what there is. Every target first installs what it lacks (Debian; as root or with sudo).
BUILD = build/release
FUZZ_SECONDS = 60
URL = http://127.0.0.1:8000
WITH_SERVERS = tests/servers/with_servers.sh
# OFF leaves out /docs and /redoc, which npm fetches: then nothing asks for npm.
DOCS = ON
CONFIGURE = cmake --preset release -DROLLCALL_DOCS=$(DOCS)
# The program alone: it asks for nothing that `install.sh run` does not install. The next $(CONFIGURE) turns the tests
# on again, in the same directory and with the same objects.
DAEMON = $(CONFIGURE) -DROLLCALL_TESTS=OFF -DROLLCALL_BENCH=OFF && cmake --build --preset release --target rollcall
DEMO =

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: need-run ## the demonstration: a batch fills up, and what is missing shows
	$(DAEMON)
	exec $(BUILD)/rollcall demo $(DEMO)

seed: need-run ## loads the samples of data/ into a running daemon, at URL
	$(DAEMON)
	$(BUILD)/rollcall import data/orders.csv --batch orders --url $(URL)
	$(BUILD)/rollcall import --customers data/customers.csv --url $(URL)

build: need-run ## the program, as build/release/rollcall
	$(DAEMON)

test: need-test ## everything: alone, with a mock broker, then against a real Kafka and PostgreSQL
	$(CONFIGURE) && cmake --build --preset release
	ctest --preset release
	tests/servers/in_shards.sh $(BUILD)

fresh: ## the first two commands in roots where nothing is installed: Debian 12, then 13, there also without npm
	tests/fresh/fresh_root.sh bookworm sh -c 'make run DEMO=--once && make test'
	tests/fresh/fresh_root.sh trixie sh -c 'make run DEMO=--once DOCS=OFF && make run DEMO=--once && make test'

asan: need-test ## all tests under the address and undefined behaviour sanitizers
	cmake --workflow --preset asan
	$(WITH_SERVERS) ctest --test-dir build/asan --output-on-failure --label-regex server

tsan: need-test ## all tests under the thread sanitizer
	cmake --workflow --preset tsan
	$(WITH_SERVERS) ctest --test-dir build/tsan --output-on-failure --label-regex server

bench: need-bench ## how fast, against real servers; prints a table
	$(CONFIGURE) && cmake --build --preset release --target bench_all
	$(WITH_SERVERS) tests/bench/run.sh

soak: need-soak ## generated requests, both fresh Debians, then hours of crashes and restarts against real servers; Ctrl-C ends it
	$(CONFIGURE) && cmake --build --preset release
	tests/api/browser.sh $(BUILD)
	$(WITH_SERVERS) tests/api/schemathesis.sh $(BUILD)
	$(MAKE) fresh
	$(WITH_SERVERS) tests/crash/soak.sh

mutations: need-test ## takes out what keeps each of README's guarantees, and wants a test to notice
	tests/mutations/mutations.py run

fuzz: need-fuzz ## every parser for FUZZ_SECONDS (60) of generated input
	cmake --preset fuzz && cmake --build --preset fuzz
	tests/fuzz/run.sh $(FUZZ_SECONDS)

lint: need-lint ## format, clang-tidy, scripts and YAML
	$(CONFIGURE)
	tests/lint.sh $(BUILD)

format: need-lint ## lays out the C++ files as `make lint` wants them
	git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

up: need-run need-servers ## Kafka, PostgreSQL and rollcall on this machine, without Docker
	$(DAEMON)
	compose/local.sh up

down: ## stops what `make up` started; the data stays
	compose/local.sh down

logs: ## what these three say
	compose/local.sh logs

clean: down ## removes everything that was built, and the data of `make up`
	compose/local.sh remove
	rm -rf build

need-%:
	@DOCS=$(DOCS) compose/install.sh $*

.PHONY: help run seed build test fresh asan tsan bench soak mutations fuzz lint format up down logs clean
