#!/usr/bin/env bash
# Runs a command beside a private Kafka and a private PostgreSQL, on ports of their own and in a fresh directory that
# is removed at the end, and exits with the command's code. Any number of these may run at once.
# Usage: with_servers.sh COMMAND [ARGUMENT...]
# The command finds ROLLCALL_TEST_KAFKA (HOST:PORT), ROLLCALL_TEST_DATABASE (a superuser's URL) and
# ROLLCALL_TEST_SERVERS: the DIR with which kafka.sh and postgres.sh beside this file stop, kill and start them, and
# pgbouncer.sh a pooler in front of PostgreSQL.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
(($# >= 1)) || { sed -n 's/^# \{0,1\}//; 2,7p' "$0" >&2; exit 2; }

"$here/kafka_jars.sh" > /dev/null  # the long part of a first run, while there is nothing to clean up yet
dir=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-servers.XXXXXX")
chmod 711 "$dir"  # PostgreSQL runs as another user and has to get in
command_pid=

clean_up() {
  trap '' INT TERM
  wait || true  # for a start under way: a server must not appear behind our back
  # Nothing in the directory is worth an orderly stop.
  "$here/pgbouncer.sh" kill "$dir" || true
  "$here/kafka.sh" kill "$dir" || true
  "$here/postgres.sh" kill "$dir" || true
  rm -rf "$dir"
}
interrupted() {
  [[ -z $command_pid ]] || { kill -s TERM "$command_pid" 2>/dev/null && wait "$command_pid"; } || true
  exit "$1"
}
trap clean_up EXIT
trap 'interrupted 130' INT
trap 'interrupted 143' TERM

"$here/kafka.sh" start "$dir" & kafka=$!
"$here/postgres.sh" start "$dir" & postgres=$!
wait "$postgres"
wait "$kafka"
ROLLCALL_TEST_KAFKA=$("$here/kafka.sh" address "$dir")
ROLLCALL_TEST_DATABASE=$("$here/postgres.sh" url "$dir")
export ROLLCALL_TEST_KAFKA ROLLCALL_TEST_DATABASE ROLLCALL_TEST_SERVERS=$dir

# In the background, as the shell runs no trap while it waits for a command in the foreground; with the terminal's
# input and signals as if it were in front.
env --default-signal=INT,QUIT "$@" <&0 & command_pid=$!
code=0
wait "$command_pid" || code=$?
exit "$code"
