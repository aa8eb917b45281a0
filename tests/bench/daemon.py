"""A rollcall daemon under measurement: started on its own database, asked over HTTP, ended by its process id."""
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import uuid

NESTED_FIELDS = 'fields = {batch = "/order/batch_no", id = "/order/line/key"}'
POLL_SECONDS = 0.05


@contextlib.contextmanager
def fresh_database():
    """The URL of an empty database that is dropped afterwards."""
    server = os.environ["ROLLCALL_TEST_DATABASE"]
    name = "bench_" + uuid.uuid4().hex[:12]
    subprocess.run(["psql", "-qX", server, "-c", f"create database {name}"], check=True)
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        subprocess.run(["psql", "-qX", server, "-c", f"drop database {name} with (force)"], check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    def __init__(self, build, brokers, database, topics, nested=False, binary="rollcall"):
        self.port = free_port()
        self.directory = tempfile.TemporaryDirectory(prefix="rollcall-bench-")
        config = os.path.join(self.directory.name, "rollcall.toml")
        with open(config, "w", encoding="utf-8") as out:
            out.write('[log]\nlevel = "warn"\n')
            for topic, side in zip(topics, ("expected", "processed")):
                out.write(f'[[kafka.topics]]\nname = "{topic}"\nside = "{side}"\n')
                if nested:
                    out.write(NESTED_FIELDS + "\n")
        self.command = [f"{build}/{binary}", "serve", "-c", config, "--http", f"127.0.0.1:{self.port}",
                        "--database", database] + (["--kafka", brokers] if brokers else [])
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
        self.directory.cleanup()

    def start(self):
        self.process = subprocess.Popen(self.command)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def get(self, path, raw=False):
        connection = self.connection()
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if raw:
            return response.status, body
        if response.status != 200:
            raise RuntimeError(f"GET {path}: {response.status} {body[:200]!r}")
        return json.loads(body)

    def poll(self, question, deadline_seconds):
        """The first answer to `question` that is not None; a daemon that is not there yet is asked again."""
        deadline = time.monotonic() + deadline_seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"rollcall ended with {self.process.returncode}")
            with contextlib.suppress(OSError, RuntimeError, http.client.HTTPException):
                answer = question()
                if answer is not None:
                    return answer
            time.sleep(POLL_SECONDS)
        raise TimeoutError("no answer in time")

    def wait_ready(self, seconds=120):
        self.poll(lambda: self.get("/readyz", raw=True)[0] == 200 or None, seconds)

    def records_read(self):
        return sum(source["position"] for source in self.get("/api/v1/sources")["items"])

    def read_all(self, total, seconds=900):
        """Seconds from the first record read to the last one read and committed."""
        first = self.poll(lambda: (self.records_read(), time.monotonic()) if self.records_read() > 0 else None, 60)
        self.poll(lambda: True if self.records_read() >= total else None, seconds)
        self.poll(lambda: True if self.metric("rollcall_uncommitted_bytes") == 0 else None, 60)
        return (time.monotonic() - first[1]) * total / max(1, total - first[0])

    def metric(self, name):
        text = self.get("/metrics", raw=True)[1].decode()
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def histogram_quantile(self, name, share):
        """The upper bound of the bucket in which the quantile lies."""
        text = self.get("/metrics", raw=True)[1].decode()
        buckets = [(float(bound), float(count)) for bound, count in
                   re.findall(rf'^{name}_bucket{{le="([^"]+)"}} (\S+)$', text, re.M)]
        return next(bound for bound, count in buckets if count >= share * buckets[-1][1])

    def memory(self):
        """Resident bytes of the process, and those that its sets hold by their own count."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            resident = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return resident, self.metric("rollcall_state_bytes")

    def check_found(self, truth):
        """A fast answer that is wrong is worth nothing: the sums over all batches are those that were produced."""
        batches = [batch["counts"] for batch in self.get("/api/v1/batches?limit=1000")["items"]]
        for name in ("matched", "missing", "unexpected", "duplicate_processed"):
            found = sum(counts[name] for counts in batches)
            if found != truth[name]:
                raise RuntimeError(f"{name}: found {found}, produced {truth[name]}")
