#!/usr/bin/env python3
"""Recovery: from SIGKILL to ready again, with N ids (both sides named) restored from PostgreSQL.

Usage: recovery.py --build DIR [--kinds u64,uuid,int] [--millions 10,20,50]
"""
import argparse
import os
import time

from daemon import Daemon, fresh_database
from ingest import load, topics


def measure(build, brokers, kind, millions):
    prefix = f"recovery{millions}"
    truth = load(build, brokers, kind, millions * 1_000_000, prefix=prefix)
    total = truth["expected_events"] + truth["processed_events"]
    with fresh_database() as database, Daemon(build, brokers, database, topics(kind, prefix)) as daemon:
        daemon.read_all(total)
        began = time.monotonic()
        daemon.kill()
        daemon.start()
        daemon.wait_ready()
        seconds = time.monotonic() - began
        daemon.check_found(truth)
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--kinds", default="u64,uuid,int")
    parser.add_argument("--millions", default="10,20,50")
    args = parser.parse_args()
    print("| ids | millions | SIGKILL to ready | wanted |\n| --- | --- | --- | --- |")
    for kind in args.kinds.split(","):
        for millions in map(int, args.millions.split(",")):
            seconds = measure(args.build, os.environ["ROLLCALL_TEST_KAFKA"], kind, millions)
            print(f"| {kind} | {millions} | {seconds:.2f} s | {'<= 2 s' if millions == 10 else 'slope'} |", flush=True)


if __name__ == "__main__":
    main()
