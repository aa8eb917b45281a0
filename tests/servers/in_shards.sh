#!/usr/bin/env bash
# Runs the tests that need servers in groups side by side, each group beside a Kafka and a PostgreSQL of its own: most of
# their time they wait for something to die or to come back.
# Usage: in_shards.sh BUILD_DIRECTORY [SHARDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 shards=${2:-2}

mapfile -t tests < <(ctest --test-dir "$build" -N -L '^server$' | sed -n 's/^ *Test *#[0-9]*: //p')
((${#tests[@]})) || { echo "in_shards.sh: $build has no tests that need servers" >&2; exit 1; }
"$here/kafka_jars.sh" > /dev/null  # once, before several want it at the same time
logs=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-shards.XXXXXX")
running=()
trap 'kill "${running[@]}" 2>/dev/null || true; wait; rm -rf "$logs"' EXIT

for ((shard = 0; shard < shards; ++shard)); do
  mine=
  for ((i = shard; i < ${#tests[@]}; i += shards)); do mine+="${mine:+|}${tests[i]}"; done
  [[ -z $mine ]] && continue
  "$here/with_servers.sh" ctest --test-dir "$build" --output-on-failure --no-tests=error -R "^($mine)\$" \
    > "$logs/$shard" 2>&1 &
  running+=($!)
done

code=0
for ((shard = 0; shard < ${#running[@]}; ++shard)); do
  wait "${running[shard]}" || code=$?
  cat "$logs/$shard"
done
running=()
exit "$code"
