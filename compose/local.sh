#!/usr/bin/env bash
# The cluster of compose.yaml without Docker: Kafka, PostgreSQL and rollcall as processes of this machine.
# Usage: local.sh up|down|status|logs|remove     down keeps the data, remove deletes it
# LOCAL_HTTP says where rollcall listens (127.0.0.1:8000), LOCAL_DIR where the data lies (build/local).
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
servers=$top/tests/servers
# shellcheck source=../tests/servers/common.sh
source "$servers/common.sh"

http=${LOCAL_HTTP:-127.0.0.1:8000}
state=${LOCAL_DIR:-$top/build/local}
# PostgreSQL does not run as root, and cannot enter root's home.
if [[ -z ${LOCAL_DIR:-} ]] && ((EUID == 0)) && ! setpriv --reuid=nobody --clear-groups test -x "$top"; then
  state=/var/tmp/rollcall-local-$(cksum <<< "$top" | cut -d ' ' -f 1)
fi
home=$state/rollcall

answers() { curl -fsS -o /dev/null -m 2 "http://$(cat "$home/http")/readyz" 2>/dev/null; }
topic() {
  "$servers/kafka.sh" tool "$state" org.apache.kafka.tools.TopicCommand \
    --create --if-not-exists --partitions 4 --topic "$1" > /dev/null
}

start_servers() {
  local kafka postgres admin
  "$servers/kafka.sh" start "$state" & kafka=$!
  "$servers/postgres.sh" start "$state" & postgres=$!
  wait "$postgres"
  admin=$("$servers/postgres.sh" url "$state")
  [[ $(psql "$admin" -Atc "select 1 from pg_database where datname = 'rollcall'") == 1 ]] ||
    psql -q "$admin" -c "create database rollcall"
  database=${admin%/*}/rollcall
  wait "$kafka"
  kafka_address=$("$servers/kafka.sh" address "$state")
  topic rollcall.expected & local expected=$!
  topic rollcall.processed
  wait "$expected"
}

up() {
  local program=$top/build/release/rollcall
  [[ -x $program ]] || die "$program is not built: make build"
  mkdir -p "$home"
  start_servers
  if is_stopped "$home"; then
    echo "$http" > "$home/http"
    start_once "$home" answers "$program" serve --http "$http" --kafka "$kafka_address" --database "$database" ||
      { tail -20 "$home/log" >&2; die "rollcall did not get ready; the whole log is $home/log"; }
  fi
  status
}

down() {
  signal_and_wait "$home" TERM
  "$servers/kafka.sh" stop "$state" & local kafka=$!
  "$servers/postgres.sh" stop "$state"
  wait "$kafka"
}

line() {
  local pid
  pid=$(server_pid "$state/$1") && printf '%-11s %s (process %s)\n' "$1" "$2" "$pid" || printf '%-11s stopped\n' "$1"
}
status() {
  [[ -d $state ]] || { echo "nothing was started here yet: make up"; return; }
  line rollcall "http://$(cat "$home/http" 2>/dev/null)"
  line kafka "$("$servers/kafka.sh" address "$state")  topics rollcall.expected, rollcall.processed"
  line postgres "$("$servers/postgres.sh" url "$state" | sed 's:/postgres$:/rollcall:')"
}

case ${1:-} in
  up) up ;;
  down) [[ ! -d $state ]] || down ;;
  status) status ;;
  logs) exec tail -n 50 -F "$home/log" "$state/kafka/log" "$state/postgres/log" ;;
  remove) [[ ! -d $state ]] || { down && rm -rf "$state"; } ;;
  *) sed -n 's/^# \{0,1\}//; 2,4p' "$0" >&2; exit 2 ;;
esac
