#!/usr/bin/env python3
"""Ingest speed of rollcall against a consumer that only counts, on the same topics and broker in the same run.

Usage: ingest.py --build DIR [--kinds int,u64,uuid,nested] [--events 5000000] [--rounds 3]
Environment: ROLLCALL_TEST_KAFKA, ROLLCALL_TEST_DATABASE (tests/servers/with_servers.sh sets both).
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

from daemon import Daemon, fresh_database

TARGETS = {"int": 1.0, "u64": 0.6, "uuid": 0.5, "nested": 0.8}
PARTITIONS = 4
BATCHES = 50
SEED = "1"


def topics(kind, prefix="bench"):
    return f"{prefix}.{kind}.expected", f"{prefix}.{kind}.processed"


def load(build, brokers, kind, events, prefix="bench"):
    """Fills the topics; answers what a correct reconciliation of them must find."""
    command = [f"{build}/bench_producer", brokers, kind, str(events), str(BATCHES), str(PARTITIONS), SEED,
               f"{prefix}.{kind}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def count(build, brokers, kind, total, program="counting_consumer"):
    command = [f"{build}/{program}", brokers, ",".join(topics(kind)), str(total)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(out)["records_per_second"]


def python_consumer(brokers, kind, total):
    """What people write today: confluent-kafka with sets, its queue tuned. None where it is not installed."""
    python = os.environ.get("BENCH_PYTHON", sys.executable)
    script = os.path.join(os.path.dirname(__file__), "python_consumer.py")
    result = subprocess.run([python, script, brokers, *topics(kind), str(total)], capture_output=True, text=True)
    return float(result.stdout.split()[0]) if result.returncode == 0 else None


def ingest(build, brokers, kind, total, truth):
    """One run of the daemon on an empty database; answers (records/s, MiB beyond the sets, MiB in all)."""
    with fresh_database() as database, Daemon(build, brokers, database, topics(kind), nested=kind == "nested") as daemon:
        seconds = daemon.read_all(total)
        daemon.check_found(truth)
        resident, sets = daemon.memory()
        return total / seconds, (resident - sets) / 2**20, resident / 2**20


def measure(args, brokers, kind):
    truth = load(args.build, brokers, kind, args.events)
    total = truth["expected_events"] + truth["processed_events"]
    counts, speeds, beyond, tcmalloc = [], [], [], []
    for _ in range(args.rounds):  # interleaved, so that a noisy neighbour meets both
        counts.append(count(args.build, brokers, kind, total))
        speed, over, resident = ingest(args.build, brokers, kind, total, truth)
        speeds.append(speed)
        beyond.append(over)
        tcmalloc.append(count(args.build, brokers, kind, total, "counting_consumer_tcmalloc"))
        print(f"  {kind}: counting {counts[-1] / 1e6:.2f} M/s, rollcall {speed / 1e6:.2f} M/s, "
              f"ratio {speed / counts[-1]:.2f}, resident {resident:.0f} MiB", file=sys.stderr)
    ratio = statistics.median(s / c for s, c in zip(speeds, counts))
    allocator = statistics.median(s / c for s, c in zip(speeds, tcmalloc))
    rival = python_consumer(brokers, kind, total) if kind != "nested" else None
    return [kind, f"{statistics.median(speeds) / 1e6:.2f}", f"{statistics.median(counts) / 1e6:.2f}", f"{ratio:.2f}",
            f">= {TARGETS[kind]}", f"{allocator:.2f}",
            f"{statistics.median(speeds) / rival:.1f}" if rival else "not run", f"{max(beyond):.0f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--kinds", default="int,u64,uuid,nested")
    parser.add_argument("--events", type=int, default=5_000_000, help="for each side")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    brokers = os.environ["ROLLCALL_TEST_KAFKA"]
    print("| ids | rollcall M/s | counting consumer M/s | ratio | wanted | ratio, same allocator | times Python | "
          "MiB beyond the sets |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind in args.kinds.split(","):
        print("| " + " | ".join(measure(args, brokers, kind)) + " |", flush=True)


if __name__ == "__main__":
    main()
