#!/usr/bin/env bash
# A hundred crashes (or ROLLCALL_CRASH_ROUNDS) while events flow, every ten of them compared with a plain replay, then
# every other way to die. Run under tests/servers/with_servers.sh: `make soak`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs=${1:-$here/../../build/release}

export ROLLCALL_CRASH_ROUNDS=${ROLLCALL_CRASH_ROUNDS:-100}
for program in exactness_test write_exactness_test fail_point_test outage_test fencing_test; do
  echo "soak.sh: $program" >&2
  "$programs/$program"
done
