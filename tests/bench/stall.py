#!/usr/bin/env python3
"""No stall: how long the loop and a status request wait while rollcall ingests at full speed with 10 M ids in memory.

Usage: stall.py --build DIR [--events 10000000]
The topics hold random 64-bit ids, the hardest kind: every add is a table insertion, checkpoints and merges are large.
Longest turn: CPU time of the loop's thread (rollcall_loop_longest_turn_cpu_seconds), so without what neighbours take.
"""
import argparse
import os
import time

from daemon import Daemon, fresh_database
from ingest import load, topics

ASK_EVERY_SECONDS = 0.01


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def ask_while_reading(daemon, total):
    """Wall milliseconds of status requests at a steady pace until everything is read."""
    took = []
    connection = daemon.connection()
    while daemon.records_read() < total:
        pause_until = time.monotonic() + 0.5
        while time.monotonic() < pause_until:
            began = time.monotonic()
            connection.request("GET", "/api/v1/batches/b1")
            connection.getresponse().read()
            took.append((time.monotonic() - began) * 1e3)
            time.sleep(ASK_EVERY_SECONDS)
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--events", type=int, default=10_000_000, help="for each side")
    args = parser.parse_args()
    brokers = os.environ["ROLLCALL_TEST_KAFKA"]
    kind = "u64"
    truth = load(args.build, brokers, kind, args.events, prefix="stall")
    total = truth["expected_events"] + truth["processed_events"]
    with fresh_database() as database, Daemon(args.build, brokers, database, topics(kind, "stall")) as daemon:
        daemon.poll(lambda: True if daemon.records_read() > 0 else None, 60)
        took = ask_while_reading(daemon, total)
        daemon.check_found(truth)
        cpu = daemon.metric("rollcall_loop_longest_turn_cpu_seconds") * 1e3
        wall = daemon.histogram_quantile("rollcall_loop_delay_seconds", 0.999) * 1e3
    print("| while ingesting | measured | wanted |\n| --- | --- | --- |")
    print(f"| longest turn of the loop, CPU | {cpu:.1f} ms | <= 10 ms |")
    print(f"| turn of the loop p99.9, wall | <= {wall:.1f} ms | shown |")
    print(f"| GET /batches/{{b}} p50 | {percentile(took, 0.5):.2f} ms | shown |")
    print(f"| GET /batches/{{b}} p99, {len(took)} requests | {percentile(took, 0.99):.2f} ms | <= 5 ms |", flush=True)


if __name__ == "__main__":
    main()
