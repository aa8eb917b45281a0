#!/usr/bin/env python3
"""Takes out, one by one, the code that keeps each sentence of README's "Guarantees", and wants a test to notice.

Usage: mutations.py check           every place is still there, exactly once (a test of `make test`)
       mutations.py run [WORD...]   all, or those whose sentence or file has one of the words; `make mutations`

A mutation is made in a copy of the tree under build/mutations, so nothing here is touched. It is killed where its test
fails; one that survives is a promise that no test keeps, and ends this with exit code 1.
"""
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COPY = TOP / "build" / "mutations"


@dataclass(frozen=True)
class Mutation:
    sentence: str
    file: str
    code: str  # that keeps it
    instead: str
    test: str  # a test program; "server:" before one that needs real servers


MUTATIONS = [
    Mutation("effects and positions are one transaction", "pipeline/flow/pump.cpp",
             "moved.push_back({channel.key, channel.next,", "moved.push_back({channel.key, channel.next + 1,", "flow_test"),
    Mutation("an epoch fences every older owner", "connectors/postgres/slice_writer.cpp",
             "if (now_epoch > epoch) {", "if (false) {", "server:postgres_store_test"),
    Mutation("records that retention removed become a dead letter", "pipeline/flow/pump.cpp",
             "for (const InputGap& gap : source_.take_gaps()) report(gap);", "(void)source_.take_gaps();", "flow_test"),
    Mutation("retention is noticed", "connectors/kafka/partition_cursor.cpp",
             "  if (channel.next == lo) return Place::here;\n  gap.from", "  if (channel.next <= lo) return Place::here;\n  gap.from",
             "kafka_source_mock_test"),
    Mutation("a topic created anew is noticed by its last record", "connectors/kafka/partition_cursor.cpp",
             "return Verdict::foreign;", "return Verdict::known;", "kafka_source_mock_test"),
    Mutation("a topic created anew stands still until it is reset", "connectors/kafka/kafka_reader.cpp",
             "return halt(channel, other_record(channels_[channel].key, offset));", "return;", "kafka_source_mock_test"),
    Mutation("only committed transactions are read", "connectors/kafka/kafka_client.cpp",
             '{"isolation.level", "read_committed"}', '{"isolation.level", "read_uncommitted"}',
             "server:kafka_source_server_test"),
    Mutation("blind where a source is away", "pipeline/verdict/verdict.cpp",
             "if (sources.away) verdict.confidence", "if (false) verdict.confidence", "flow_test"),
    Mutation("provisional while there is lag", "pipeline/verdict/verdict.cpp",
             "doubt(sources.lag_records.value_or(0) > 0, \"lag\");", "", "flow_test"),
    Mutation("provisional while a transaction is open", "pipeline/verdict/verdict.cpp",
             "doubt(sources.open_transaction, \"open_transaction\");", "", "flow_test"),
    Mutation("provisional while partitions are new", "pipeline/verdict/verdict.cpp",
             "doubt(sources.new_partitions, \"new_partitions\");", "", "flow_test"),
    Mutation("provisional for a gap", "pipeline/verdict/verdict.cpp",
             "doubt(evidence.in_doubt.gaps > 0, \"input_gap\");", "", "flow_test"),
    Mutation("provisional for unreadable records", "pipeline/verdict/verdict.cpp",
             "doubt(evidence.in_doubt.unread > 0, \"quarantine\");", "", "flow_test"),
    Mutation("provisional for an import whose end was not heard", "pipeline/verdict/verdict.cpp",
             "doubt(evidence.in_doubt.imports > 0, \"import_unfinished\");", "", "flow_test"),
    Mutation("provisional while the store is away", "pipeline/verdict/verdict.cpp",
             "doubt(evidence.recovering, \"recovering\");", "", "flow_test"),
    Mutation("blind where the last answer is older than three intervals", "pipeline/verdict/source_evidence.hpp",
             "limit.now_us - channel.end_asked_us <= limit.known_for.count()", "limit.known_for.count() > 0", "flow_test"),
    Mutation("blind beside an error", "pipeline/verdict/source_evidence.hpp",
             "return channel.end && channel.error.empty() &&", "return channel.end &&", "flow_test"),
    Mutation("lag is null where it is not known, never 0", "pipeline/verdict/source_evidence.cpp",
             "    evidence.lag_records.reset();\n", "    evidence.lag_records = 0;\n", "flow_test"),
    Mutation("as_of is the oldest moment", "pipeline/verdict/source_evidence.cpp",
             "std::min(evidence.as_of_ms.value_or(channel.end_asked_ms), channel.end_asked_ms)", "channel.end_asked_ms",
             "flow_test"),
    Mutation("reading pauses at the limit while PostgreSQL is away", "pipeline/flow/reconciler.cpp",
             "if (between_units() && checkpointer_.over_limit(slice_.uncut_bytes())) {", "if (false) {", "flow_test"),
    Mutation("no checkpoint splits a drain", "pipeline/flow/reconciler.cpp",
             "if (!between_units() || !something_to_cut()) return;", "if (!something_to_cut()) return;", "flow_test"),
    Mutation("a fenced process answers nothing", "pipeline/flow/reconciler.cpp",
             "    phase_ = Phase::ended;\n    wake_.notify();", "    wake_.notify();", "flow_test"),
    Mutation("an idle owner looks whether it still is one", "pipeline/flow/checkpointer.cpp",
             "auto confirmed = co_await store_.confirm(slice, epoch);",
             "auto confirmed = Result<void>{}; (void)slice, (void)epoch;", "flow_test"),
    Mutation("nothing is final once the store was silent for three heartbeats", "pipeline/flow/checkpointer.cpp",
             "constexpr int kHeartbeatsMissed = 3;", "constexpr int kHeartbeatsMissed = 3'000;", "flow_test"),
    Mutation("another owner is told by exit code 10", "daemon/application.cpp",
             "return ExitCode::taken_over;", "return ExitCode::runtime_error;", "server:fencing_test"),
    Mutation("a range names at most 2^32 ids", "connectors/json/json_decoder.cpp",
             "range.hi - range.lo >= kRangeIdsMax", "false", "json_decoder_test"),
    Mutation("the text of an outstanding id is kept", "pipeline/ledger/text_ids.cpp",
             "  if (after == full_mask(sides_)) {\n    if (before == 0) return;", "  if (after != 0) {\n    if (before == 0) return;",
             "ledger_test"),
    Mutation("doubt concerns the batch that a record names", "pipeline/flow/pump.cpp",
             "letter.batch = std::string{bad.batch};", "", "flow_test"),
    Mutation("doubt explains no more than was not read", "pipeline/flow/pump.cpp",
             "letter.explains = ids_max_of_topic(from.topic);", "letter.explains = 1'000'000;", "flow_test"),
    Mutation("a replayed record counts once", "pipeline/flow/slice.hpp",
             "return replayed_.insert(letter).second;", "return letter > 0;", "flow_test"),
    Mutation("what is replayed is the record that was refused", "pipeline/flow/replay.cpp",
             "return std::string_view{record.payload}.substr(0, kSampleBytesMax) == letter.sample;", "return true;",
             "flow_test"),
    Mutation("sums of a ledger are checked at every cut", "pipeline/flow/slice.cpp",
             "std::string broken = broken_law(*batch, change);", "std::string broken;", "flow_test"),
    Mutation("a repeated write is applied once", "pipeline/flow/write_queue.cpp",
             "if (known == nullptr) {", "if (known == nullptr || true) {", "flow_test"),
]


def check() -> int:
    bad = [m for m in MUTATIONS if (TOP / m.file).read_text().count(m.code) != 1]
    for mutation in bad:
        print(f"{mutation.file}: not there exactly once: {mutation.code!r} ({mutation.sentence})")
    return 1 if bad else 0


def quietly(*command: str) -> bool:
    log = open(COPY / "build" / "mutation.log", "ab")
    return subprocess.run(command, cwd=COPY, stdout=log, stderr=subprocess.STDOUT).returncode == 0


def build(test: str) -> bool:
    return quietly("cmake", "--build", "--preset", "release", "--target", test)


def run_test(test: str) -> bool:
    ctest = ["ctest", "--test-dir", "build/release", "--no-tests=error", "-R", f"^{test.split(':')[-1]}$"]
    return quietly(*(["tests/servers/with_servers.sh"] if ":" in test else []), *ctest)


def try_out(mutation: Mutation) -> str:
    path = COPY / mutation.file
    original = path.read_text()
    path.write_text(original.replace(mutation.code, mutation.instead, 1))
    try:
        if not build(mutation.test.split(":")[-1]):
            return "DOES NOT BUILD"
        return "SURVIVES" if run_test(mutation.test) else "killed"
    finally:
        path.write_text(original)


def make_copy() -> None:
    COPY.mkdir(parents=True, exist_ok=True)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True).stdout
    for name in files.decode().rstrip("\0").split("\0"):
        source, copy = TOP / name, COPY / name
        if not copy.exists() or source.read_bytes() != copy.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)  # with a time of its own, so that it is compiled anew
    (COPY / "build").mkdir(exist_ok=True)
    quietly("cmake", "--preset", "release", "-DROLLCALL_DOCS=OFF", "-DROLLCALL_BENCH=OFF")


def run(words: list[str]) -> int:
    chosen = [m for m in MUTATIONS if not words or any(w in m.sentence or w in m.file for w in words)]
    make_copy()
    for test in sorted({m.test for m in chosen}):
        if not build(test.split(":")[-1]) or not run_test(test):
            print(f"{test} does not pass as it is; see {COPY / 'build' / 'mutation.log'}")
            return 1
    survivors = 0
    for mutation in chosen:
        outcome = try_out(mutation)
        survivors += outcome != "killed"
        print(f"{outcome:8}  {mutation.test:32}  {mutation.sentence}  ({mutation.file})", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        sys.exit(check())
    if sys.argv[1:2] == ["run"]:
        sys.exit(run(sys.argv[2:]))
    sys.exit(__doc__)
