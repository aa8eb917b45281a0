#!/usr/bin/env bash
# Every benchmark, one table after another. Needs ROLLCALL_TEST_KAFKA and ROLLCALL_TEST_DATABASE: `make bench` sets them.
# Usage: run.sh [BUILD]     ROLLCALL_BENCH_QUICK=1: a tenth of the data
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release}
events=5000000 stall=10000000 millions=10,20,50 ids=10000000 batches=100000 ranges=1000
[[ -z ${ROLLCALL_BENCH_QUICK:-} ]] || { events=500000 stall=1000000 millions=1,2 ids=1000000 batches=10000 ranges=100; }

python=build/bench-python
[[ -x $python/bin/python3 ]] || { python3 -m venv "$python" && "$python/bin/pip" --quiet install confluent-kafka; }
export BENCH_PYTHON=$PWD/$python/bin/python3

printf '\n## One addition to a ledger, and memory for each id\n\n'
"$build/ledger_bench" "$ids"
printf '\n## What the loop does for each record\n\n'
"$build/pump_bench"
printf '\n## Status requests\n\n'
python3 tests/bench/http_status.py --build "$build"
printf '\n## Records over HTTP\n\n'
python3 tests/bench/bulk.py --build "$build"
printf '\n## Ingest\n\n'
python3 tests/bench/ingest.py --build "$build" --events "$events"
printf '\n## No stall\n\n'
python3 tests/bench/stall.py --build "$build" --events "$stall"
printf '\n## What is large\n\n'
python3 tests/bench/size.py --build "$build" --batches "$batches" --ranges "$ranges"
printf '\n## Recovery\n\n'
python3 tests/bench/recovery.py --build "$build" --millions "$millions"
