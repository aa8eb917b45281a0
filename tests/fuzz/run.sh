#!/usr/bin/env bash
# Runs every fuzz target for SECONDS of generated input, from seeds/ where it has some; what a target found interesting
# is kept for the next run.
# Usage: run.sh SECONDS
set -euo pipefail
seconds=${1:?run.sh SECONDS}
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/build/fuzz

mapfile -t targets < <(find "$build" -type f -executable -name 'fuzz_*' -not -path '*/CMakeFiles/*' | sort)
((${#targets[@]})) || { echo "run.sh: no fuzz target in $build" >&2; exit 1; }
for target in "${targets[@]}"; do
  name=${target##*/}
  mkdir -p "$build/corpus/$name" "$build/findings"
  seeds=()
  [[ ! -d $here/seeds/$name ]] || seeds=("$here/seeds/$name")
  echo "$name: $seconds s" >&2
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$build/findings/$name-" "$build/corpus/$name" "${seeds[@]}"
done
