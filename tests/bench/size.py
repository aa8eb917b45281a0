#!/usr/bin/env python3
"""Requests that touch much: what others wait meanwhile, and how long the loop is held.

Usage: size.py --build DIR [--batches 100000] [--ranges 1000]
Each case has a daemon and a database of its own. Longest turn: CPU time of the loop's thread since the daemon was
started, so filling it counts, too (rollcall_loop_longest_turn_cpu_seconds). Others: another client's GET /livez, for the
locked table its POST /records; the 99th percentile of it as a ratio to the calm before.
"""
import argparse
import contextlib
import json
import random
import subprocess
import threading
import time

from daemon import Daemon, fresh_database

TURN_MS_MAX = 10
RATIO_MAX = 5
DELETE_SECONDS_MAX = 3
CALM_SECONDS = 3
PROBE_PAUSE_SECONDS = 0.002
LINES_PER_BODY = 500
READERS = 4


def request(daemon, method, path, body="", kind="application/x-ndjson"):
    connection = daemon.connection()
    connection.timeout = 120
    connection.request(method, path, body, {"Content-Type": kind} if body else {})
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status >= 300:
        raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")
    return answer


def send_events(daemon, events, lines_per_body=LINES_PER_BODY):
    for begin in range(0, len(events), lines_per_body):
        lines = events[begin:begin + lines_per_body]
        answer = json.loads(request(daemon, "POST", "/api/v1/events", "".join(json.dumps(line) + "\n" for line in lines)))
        if answer.get("refused"):
            raise RuntimeError(f"refused: {answer}")


class Probe:
    """Another client that asks the same little thing again and again; the milliseconds that each took."""

    def __init__(self, ask):
        self.ask, self.took, self.over = ask, [], threading.Event()
        self.thread = threading.Thread(target=self.work)

    def work(self):
        while not self.over.is_set():
            began = time.monotonic()
            self.ask()
            self.took.append((time.monotonic() - began) * 1e3)
            self.over.wait(PROBE_PAUSE_SECONDS)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def p99(self):
        return sorted(self.took)[min(len(self.took) - 1, int(len(self.took) * 0.99))]


def asks_livez(daemon):
    connection = daemon.connection()

    def ask():
        connection.request("GET", "/livez")
        connection.getresponse().read()
    return ask


def writes_records(daemon):
    connection = daemon.connection()
    body = json.dumps({"batch_id": 1, "record_id": 1, "status": "expected"})

    def ask():
        connection.request("POST", "/api/v1/records", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise RuntimeError(f"POST /records: {response.status} {answer!r}")
    return ask


def measure(daemon, probes, work):
    """Seconds that `work` took, and what others waited before and meanwhile."""
    with Probe(probes(daemon)) as calm:
        time.sleep(CALM_SECONDS)
    with Probe(probes(daemon)) as busy:
        began = time.monotonic()
        work()
        took = time.monotonic() - began
    return took, calm, busy


def report(name, daemon, measured, seconds_max=None):
    took, calm, busy = measured
    turn = daemon.metric("rollcall_loop_longest_turn_cpu_seconds") * 1e3
    broken = daemon.metric("rollcall_invariant_violations_total")
    ratio = busy.p99() / calm.p99()
    # A handful of probes says nothing of a hundredth; the slowest of them does.
    slowest = max(busy.took)
    verdict = turn <= TURN_MS_MAX and ratio <= RATIO_MAX and (seconds_max is None or took <= seconds_max) and broken == 0
    print(f"| {name} | {took:.2f} s | {turn:.1f} ms | {calm.p99():.2f} ms | {busy.p99():.2f} ms | {ratio:.1f} | "
          f"{slowest:.1f} ms | {'yes' if verdict else 'NO'} |", flush=True)


@contextlib.contextmanager
def running(build):
    with fresh_database() as database, Daemon(build, None, database, []) as daemon:
        daemon.wait_ready()
        yield daemon, database


def delete_all(build, batches):
    with running(build) as (daemon, _):
        send_events(daemon, [{"batch": f"b{n}", "id": n, "side": "expected"} for n in range(batches)])
        measured = measure(daemon, asks_livez, lambda: request(daemon, "DELETE", "/api/v1/batches"))
        if daemon.get("/api/v1/batches?limit=1")["total"] != 0:
            raise RuntimeError("there are batches left")
        report(f"{batches} small batches deleted in one request", daemon, measured, DELETE_SECONDS_MAX)


def delete_each(build, batches):
    """Many clients' deletes, each answered durable."""
    def delete_from(first, clients):
        connection = daemon.connection()
        for n in range(first, batches, clients):
            connection.request("DELETE", f"/api/v1/batches/{n + 1}")
            response = connection.getresponse()
            response.read()
            if response.status >= 300:
                raise RuntimeError(f"DELETE: {response.status}")

    def delete_them(clients=16):
        threads = [threading.Thread(target=delete_from, args=(first, clients)) for first in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with running(build) as (daemon, _):
        send_events(daemon, [{"batch": f"b{n}", "id": n, "side": "expected"} for n in range(batches)])
        report(f"{batches} batches deleted one by one by 16 clients", daemon, measure(daemon, asks_livez, delete_them))


def repeat_range(build, times):
    event = {"batch": "r", "range": [0, 2**32 - 1], "side": "expected"}
    with running(build) as (daemon, _):
        send_events(daemon, [event])
        measured = measure(daemon, asks_livez, lambda: send_events(daemon, [event] * times, 10))
        counts = daemon.get("/api/v1/batches/r")["counts"]
        if (counts["expected"], counts["duplicate_expected"]) != (2**32, times * 2**32):
            raise RuntimeError(f"wrong: {counts}")
        report(f"a range of 2^32 announced {times} times more", daemon, measured)


def ranges_among_random(build, times, ids=2_000_000):
    randomness = random.Random(7)
    with running(build) as (daemon, _):
        for _ in range(ids // 100_000):
            send_events(daemon, [{"batch": "u", "side": "expected", "ids": [randomness.getrandbits(64) for _ in range(1000)]}
                                 for _ in range(100)], 20)
        ranges = []
        for _ in range(times):
            low = randomness.getrandbits(62)
            ranges.append({"batch": "u", "side": "expected", "range": [low, low + 4999]})
        measured = measure(daemon, asks_livez, lambda: send_events(daemon, ranges, 50))
        report(f"{times} ranges of 5,000 ids into {ids} random ids", daemon, measured)


def locked_table(build, seconds=5):
    with running(build) as (daemon, database):
        request(daemon, "POST", "/api/v1/batches", json.dumps({"batch_name": "one"}), "application/json")

        def read():
            with contextlib.suppress(RuntimeError):
                request(daemon, "GET", "/api/v1/dead-letters")

        def read_from_locked():
            lock = subprocess.Popen(["psql", "-qX", database, "-c", "begin", "-c",
                                     "lock table rollcall.dead_letter in access exclusive mode", "-c",
                                     f"select pg_sleep({seconds})", "-c", "commit"], stdout=subprocess.DEVNULL)
            time.sleep(0.5)
            readers = [threading.Thread(target=read) for _ in range(READERS)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
            lock.wait()
        report(f"{READERS} clients read a table that is locked; others write", daemon,
               measure(daemon, writes_records, read_from_locked))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--batches", type=int, default=100_000)
    parser.add_argument("--ranges", type=int, default=1_000)
    args = parser.parse_args()
    print(f"Wanted: turn <= {TURN_MS_MAX} ms, ratio <= {RATIO_MAX}, deleting all <= {DELETE_SECONDS_MAX} s.\n")
    print("| case | took | longest turn, CPU | others' p99, calm | meanwhile | ratio | slowest | as wanted |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")
    delete_all(args.build, args.batches)
    delete_each(args.build, args.batches // 2)
    repeat_range(args.build, args.ranges)
    ranges_among_random(args.build, args.ranges)
    locked_table(args.build)


if __name__ == "__main__":
    main()
