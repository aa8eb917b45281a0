#!/usr/bin/env bash
# A private PostgreSQL below DIR/postgres, with fsync on and a superuser `postgres` that needs no password.
# Usage: postgres.sh start|stop|restart|kill|url DIR
# start keeps what an earlier start in DIR left behind, port and data; kill is SIGKILL to every process of the server.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/common.sh"

usage() { sed -n 's/^# \{0,1\}//; 2,4p' "$0" >&2; exit 2; }
(($# == 2)) || usage
verb=$1
home=$(mkdir -p "$2" && cd "$2" && pwd)/postgres

# The newest PostgreSQL here; Debian keeps the server's programs out of PATH.
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
[[ -n $bin ]] || bin=$(dirname "$(command -v postgres)") || die "PostgreSQL is not installed"

# PostgreSQL refuses to run as root.
unprivileged=()
if ((EUID == 0)); then
  owner=postgres
  id "$owner" > /dev/null 2>&1 || owner=nobody
  unprivileged=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups)
fi

can_enter() { "${unprivileged[@]}" test -x "$1"; }
url() { echo "postgresql://postgres@127.0.0.1:$(cat "$home/port")/postgres"; }
answers() { "$bin/pg_isready" -q -t 2 -d "$(url)"; }

initialise() {
  mkdir -p "$home/data"
  ((EUID != 0)) || chown "$owner" "$home" "$home/data"
  can_enter "$home" || die "the user $owner, whom PostgreSQL runs as, cannot enter $home: choose another place"
  (cd "$home" && "${unprivileged[@]}" "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync) \
    >> "$home/log" 2>&1 || { tail -20 "$home/log" >&2; die "initdb failed"; }
  cat >> "$home/data/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
fsync = on
synchronous_commit = on
EOF
}

start() {
  is_stopped "$home" || return 0
  [[ -d $home/data ]] || initialise
  for ((try = 1; try <= START_TRIES_MAX; try++)); do
    [[ -e $home/has_answered ]] || free_port > "$home/port"
    (cd "$home" && start_once "$home" answers "${unprivileged[@]}" "$bin/postgres" -D "$home/data" -p "$(cat "$home/port")") && return
    signal_and_wait "$home" QUIT
  done
  tail -20 "$home/log" >&2
  die "PostgreSQL did not answer; the whole log is $home/log"
}

# The postmaster first, or it would tidy up after its children; then each of them, as none may still hold the memory
# that the next start wants.
kill_all() {
  local pid children
  pid=$(server_pid "$home") || return 0
  children=$(pgrep -P "$pid" || true)
  # shellcheck disable=SC2086 # a list of ids
  kill -s KILL "$pid" $children 2>/dev/null || true
  # shellcheck disable=SC2086
  wait_until "$STOP_SECONDS_MAX" are_gone "$pid" $children || die "a process of PostgreSQL outlived SIGKILL"
  # In a container nobody may collect the dead postmaster, and the next one would take it for alive.
  rm -f "$home/data/postmaster.pid"
}

are_gone() {
  for pid in "$@"; do
    ! begin_of "$pid" > /dev/null || return 1
  done
}

mkdir -p "$home"
case $verb in
  start) start && touch "$home/has_answered" ;;
  stop) signal_and_wait "$home" INT ;;
  kill) kill_all ;;
  restart) signal_and_wait "$home" INT && start ;;
  url) url ;;
  *) usage ;;
esac
