# shellcheck shell=bash
# What kafka.sh and postgres.sh share: free ports, waiting with a deadline, and processes known by their id.
# Sourced, never run. A server's directory holds `pid` (process id and start time), `port` and `log`.
# shellcheck disable=SC2034 # the constants are for whoever sources this

START_SECONDS_MAX=${ROLLCALL_SERVER_START_SECONDS_MAX:-120}  # a cold JVM on a busy machine needs a while
STOP_SECONDS_MAX=20                                          # after that a server is killed
START_TRIES_MAX=5                                            # another process may take a port we found free

say() { echo "${0##*/}: $*" >&2; }
die() { say "$@"; exit 1; }

# Prints a port nobody listens on. It lies below the ports the system hands to outgoing connections, so that a
# server that is stopped for a moment finds its own port still free.
free_port() {
  local ephemeral_begin port
  read -r ephemeral_begin _ < /proc/sys/net/ipv4/ip_local_port_range
  ((ephemeral_begin > 12000)) || ephemeral_begin=32768
  for _ in {1..100}; do
    port=$((10000 + SRANDOM % (ephemeral_begin - 10000)))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  die "found no free port"
}

# wait_until SECONDS COMMAND...: polls until the command succeeds; fails at the deadline.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# Prints when a process began, in ticks since boot; fails where it has ended, also where nobody has collected it yet.
begin_of() {
  local stat fields
  { stat=$(< "/proc/$1/stat"); } 2>/dev/null || return 1
  read -ra fields <<< "${stat##*) }"  # behind the name, which may hold anything
  [[ ${fields[0]} != [ZX] ]] && echo "${fields[19]}"
}

# Prints the id of the server of this directory while it runs. Its start time keeps us from ever signalling a stranger
# that was given the same id.
server_pid() {
  local pid begin now
  { read -r pid begin < "$1/pid"; } 2>/dev/null || return 1
  now=$(begin_of "$pid") && [[ $now == "$begin" ]] && echo "$pid"
}

is_stopped() { ! server_pid "$1" > /dev/null; }

# Succeeds once the server answers or has ended: whoever waits for an answer need not sit out the deadline.
answers_or_ended() { "$2" "$1" || is_stopped "$1"; }

# start_once DIR ANSWERS COMMAND...: starts COMMAND in a session of its own (a Ctrl-C at the terminal is not for it) and
# waits until `ANSWERS DIR` succeeds.
start_once() {
  local dir=$1 answers=$2
  shift 2
  setsid "$@" < /dev/null >> "$dir/log" 2>&1 &
  echo "$! $(begin_of $!)" > "$dir/pid"
  wait_until "$START_SECONDS_MAX" answers_or_ended "$dir" "$answers" && "$answers" "$dir"
}

# signal_and_wait DIR SIGNAL: sends the signal and waits for the end; a server that ignores it is killed.
signal_and_wait() {
  local dir=$1 signal=$2 pid
  pid=$(server_pid "$dir") || return 0
  kill -s "$signal" "$pid" 2>/dev/null || true
  if ! wait_until "$STOP_SECONDS_MAX" is_stopped "$dir"; then
    say "process $pid did not stop within $STOP_SECONDS_MAX s: killing it"
    kill -s KILL "$pid" 2>/dev/null || true
    wait_until 5 is_stopped "$dir"
  fi
}
