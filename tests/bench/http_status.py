#!/usr/bin/env python3
"""Status requests per second against a bare Beast server that answers a fixed body of the same size, in turns.

Usage: http_status.py --build DIR [--seconds 5] [--rounds 3]
"""
import argparse
import http.client
import re
import statistics
import subprocess
import time

from daemon import free_port

PATH = "/api/v1/batches/1"


def wait_for(port):
    deadline = time.monotonic() + 10
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", PATH)
            return len(connection.getresponse().read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def requests_per_second(program, seconds, *arguments):
    port = free_port()
    server = subprocess.Popen([program, str(port), *map(str, arguments)], stdout=subprocess.DEVNULL)
    try:
        size = wait_for(port)
        command = ["wrk", "-t1", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{port}{PATH}"]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), size
    finally:
        server.kill()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    ratios, ours, bare = [], [], []
    for _ in range(args.rounds):
        speed, size = requests_per_second(f"{args.build}/http_bench_server", args.seconds)
        reference, _ = requests_per_second(f"{args.build}/http_bare_server", args.seconds, size)
        ours.append(speed)
        bare.append(reference)
        ratios.append(speed / reference)
    print("| status requests/s | bare Beast requests/s | ratio | wanted |\n| --- | --- | --- | --- |")
    print(f"| {statistics.median(ours):.0f} | {statistics.median(bare):.0f} | {statistics.median(ratios):.2f} | >= 0.7 |",
          flush=True)


if __name__ == "__main__":
    main()
