#!/usr/bin/env bash
# Thousands of generated requests, right and wrong, against a daemon of its own, each answer held against
# /openapi.json by somebody else's code. Any failure fails. `make soak` runs it on PostgreSQL.
# Usage: schemathesis.sh [BUILD]     ROLLCALL_TEST_DATABASE: where it keeps its records; in memory where unset
#                                    ROLLCALL_API_EXAMPLES: how many requests for each operation (200)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build/release}" && pwd)
version=4.32.5

venv=$build/schemathesis-$version
[[ -x $venv/bin/schemathesis ]] || {
  rm -rf "$venv.new" && python3 -m venv "$venv.new"
  "$venv.new/bin/pip" --quiet --disable-pip-version-check install "schemathesis==$version"
  mv "$venv.new" "$venv"
}

dir=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-api.XXXXXX")
daemon=
clean_up() {
  [[ -z $daemon ]] || { kill "$daemon" 2> /dev/null && wait "$daemon"; } || true
  rm -rf "$dir"
}
trap clean_up EXIT

"$build/rollcall" serve --http 127.0.0.1:0 --database "${ROLLCALL_TEST_DATABASE:-memory}" 2> "$dir/log" &
daemon=$!
for ((tries = 0; ; ++tries)); do
  port=$(jq -r 'select(.message == "answering") | .port' "$dir/log")
  [[ -n $port ]] && curl -fsS -o /dev/null "http://127.0.0.1:$port/readyz" 2> /dev/null && break
  if ((tries == 300)) || ! kill -0 "$daemon"; then
    cat "$dir/log" >&2
    exit 1
  fi
  sleep 0.1
done

cd "$dir"
export SCHEMATHESIS_HOOKS=schemathesis_hooks PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
"$venv/bin/python" -m schemathesis.cli --config-file "$here/schemathesis.toml" run "http://127.0.0.1:$port/openapi.json" \
  --checks all --max-examples "${ROLLCALL_API_EXAMPLES:-200}" --continue-on-failure --no-color
kill -0 "$daemon" || { cat "$dir/log" >&2; exit 1; }
if jq -e 'select(.level == "error")' "$dir/log" >&2; then exit 1; fi
