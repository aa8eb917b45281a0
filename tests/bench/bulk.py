"""Bulk ingest over HTTP against COPY, and the missing ids against EXCEPT, on the same PostgreSQL in the same run.

Every answer of the daemon is durable before it is counted. Rounds are interleaved, figures are medians.
"""
import argparse
import io
import json
import statistics
import subprocess
import sys
import time

from daemon import Daemon, fresh_database

TABLE = "create table record (batch_id bigint, status text, record_id bigint, primary key (batch_id, status, record_id))"


def psql(database, *arguments, stdin=None):
    run = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", database, *arguments], check=True, text=True,
                         input=stdin, capture_output=True)
    return run.stdout


def rows(records, side):
    out = io.StringIO()
    for record in range(1, records + 1):
        out.write(f"1\t{side}\t{record}\n")
    return out.getvalue()


def copy(database, text):
    """Seconds to COPY the records into an indexed table, in one transaction."""
    psql(database, "-c", "drop table if exists record", "-c", TABLE, "-c", "checkpoint")
    began = time.monotonic()
    psql(database, "-c", "copy record from stdin", stdin=text)
    return time.monotonic() - began


def post(daemon, path, body):
    connection = daemon.connection()
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    if response.status != 201:
        raise RuntimeError(f"POST {path}: {response.status} {answer}")
    return answer


def send(build, daemon, batch, records, per_body, connections, side="expected"):
    out = subprocess.run([f"{build}/bulk_client", str(daemon.port), str(batch), str(records), str(per_body),
                          str(connections), "1", side], check=True, text=True, capture_output=True)
    return float(out.stdout)


def ingest(build, daemon, database, records, rounds):
    shapes = [(1000, 1), (1000, 32), (10000, 1), (10000, 32)]
    taken = {shape: [] for shape in shapes}
    copies = []
    text = rows(records, "expected")
    for round_number in range(rounds):
        copies.append(copy(database, text))
        for shape in shapes:
            batch = post(daemon, "/api/v1/batches", {"batch_name": f"{shape} {round_number}"})["id"]
            taken[shape].append(send(build, daemon, batch, records, *shape))
            found = daemon.get(f"/api/v1/batches/{batch}")["counts"]["expected"]
            if found != records:
                raise RuntimeError(f"{found} of {records} records are there")
    reference = statistics.median(copies)
    print("| bodies of | clients | records/s | x COPY (from, to) |\n| --- | --- | --- | --- |")
    print(f"| COPY, primary key | 1 | {records / reference:,.0f} | 1 |")
    for (per_body, connections), seconds in taken.items():
        ratios = sorted(c / s for c, s in zip(copies, seconds))
        print(f"| {per_body:,} | {connections} | {records / statistics.median(seconds):,.0f} "
              f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f}, {ratios[-1]:.2f}) |")


EXCEPT = ("select record_id from record where batch_id = 1 and status = 'expected' except "
          "select record_id from record where batch_id = 1 and status = 'processed'")


def timed(question):
    began = time.monotonic()
    answer = question()
    return time.monotonic() - began, answer


def missing(build, daemon, database, expected, rounds):
    processed = expected * 9 // 10
    batch = post(daemon, "/api/v1/batches", {"batch_name": "missing"})["id"]
    send(build, daemon, batch, expected, 10000, 4)
    send(build, daemon, batch, processed, 10000, 4, "processed")
    psql(database, "-c", "drop table if exists record", "-c", TABLE)
    psql(database, "-c", "copy record from stdin", stdin=rows(expected, "expected") + rows(processed, "processed"))
    psql(database, "-c", "vacuum analyze record")
    ours, theirs, counts = [], [], []
    for _ in range(rounds):
        seconds, lines = timed(lambda: psql(database, "-c", EXCEPT))
        theirs.append(seconds)
        found = sorted(int(line) for line in lines.split())
        seconds, answer = timed(lambda: daemon.get(f"/api/v1/analysis/missing/{batch}"))
        ours.append(seconds)
        if answer["missing_records"] != found or len(found) != expected - processed:
            raise RuntimeError("the two lists differ")
        connection = daemon.connection()
        path = f"/api/v1/batches/{batch}/members?in=expected&not_in=processed&count_only=true"

        def count():
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())["count"]

        count()
        counts.append(statistics.median(timed(count)[0] for _ in range(200)))
    ratio = statistics.median(t / o for t, o in zip(theirs, ours))
    print(f"\n{len(found):,} missing of {expected:,}: EXCEPT {statistics.median(theirs) * 1e3:.1f} ms, "
          f"analysis/missing {statistics.median(ours) * 1e3:.1f} ms, {ratio:.1f} times faster")
    print(f"the count alone, a request and its answer: {statistics.median(counts) * 1e3:.3f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with fresh_database() as own, fresh_database() as reference:
        with Daemon(arguments.build, "", own, []) as daemon:
            daemon.wait_ready()
            ingest(arguments.build, daemon, reference, arguments.records, arguments.rounds)
            missing(arguments.build, daemon, reference, arguments.records, arguments.rounds)


if __name__ == "__main__":
    sys.exit(main())
