#!/usr/bin/env bash
# A private PgBouncer in transaction mode below DIR/pgbouncer, in front of the PostgreSQL of postgres.sh, which must run.
# Usage: pgbouncer.sh start|stop|kill|address DIR
# Every database of the server is reached through it by its own name; `by_statement` is `postgres` in statement mode.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/common.sh"

usage() { sed -n 's/^# \{0,1\}//; 2,4p' "$0" >&2; exit 2; }
(($# == 2)) || usage
verb=$1
servers=$(mkdir -p "$2" && cd "$2" && pwd)
home=$servers/pgbouncer

# Debian keeps it out of a user's PATH.
program=$(PATH=$PATH:/usr/sbin command -v pgbouncer) || program=

# It refuses to run as root, as PostgreSQL does.
unprivileged=()
if ((EUID == 0)); then
  owner=postgres
  id "$owner" > /dev/null 2>&1 || owner=nobody
  unprivileged=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups)
fi

address() { echo "127.0.0.1:$(cat "$home/port")"; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$(cat "$home/port")") 2>/dev/null; }

# Nothing is forgiven that the default does not forgive: no start-up parameters are ignored, nothing is reset between
# two clients. A pool is small, so that clients do meet on one connection; a server that is back is seen at once.
write_configuration() {
  local server
  server="host=127.0.0.1 port=$(cat "$servers/postgres/port") user=postgres"
  free_port > "$home/port"
  cat > "$home/pgbouncer.ini" <<EOT
[databases]
by_statement = $server dbname=postgres pool_mode=statement
* = $server
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(cat "$home/port")
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
server_login_retry = 0
EOT
}

start() {
  is_stopped "$home" || return 0
  [[ -n $program ]] || die "PgBouncer is not installed (compose/install.sh test)"
  for ((try = 1; try <= START_TRIES_MAX; try++)); do
    write_configuration
    start_once "$home" answers "${unprivileged[@]}" "$program" "$home/pgbouncer.ini" && return
    signal_and_wait "$home" KILL
  done
  tail -20 "$home/log" >&2
  die "PgBouncer did not answer; the whole log is $home/log"
}

mkdir -p "$home"
case $verb in
  start) start ;;
  stop) signal_and_wait "$home" INT ;;
  kill) signal_and_wait "$home" KILL ;;
  address) address ;;
  *) usage ;;
esac
