#!/usr/bin/env bash
# A private one-node Kafka (KRaft) below DIR/kafka.
# Usage: kafka.sh start|stop|restart|kill|address DIR
#        kafka.sh tool DIR CLASS [ARGUMENT...]     e.g. org.apache.kafka.tools.TopicCommand --list
# start keeps what an earlier start in DIR left behind, port and records; kill is SIGKILL.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/common.sh"

usage() { sed -n 's/^# \{0,1\}//; 2,4p' "$0" >&2; exit 2; }
(($# >= 2)) || usage
verb=$1
home=$(mkdir -p "$2" && cd "$2" && pwd)/kafka

address() { echo "127.0.0.1:$(cat "$home/port")"; }
answers() { timeout 2 kcat -b "$(address)" -L -m 1 2>/dev/null | grep -q '^ 1 brokers'; }

write_properties() {
  local port controller_port
  port=$(free_port)
  controller_port=$(free_port)
  echo "$port" > "$home/port"
  cat > "$home/server.properties" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller_port
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$home/data
num.partitions=4
auto.create.topics.enable=false
log.retention.ms=-1
log.retention.bytes=-1
# One node: nothing to replicate, nobody to wait for.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
# A broker that was killed comes back only when its old session has ended. Shorter would be quicker, but on a machine
# whose cores are all compiling, a broker that is late with its heartbeat would be taken for dead.
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=1000
# Two cores and little memory.
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=4194304
EOF
}

start() {
  local jars uuid
  is_stopped "$home" || return 0
  jars=$("$here/kafka_jars.sh")
  local java=(java -Xms256m -Xmx1g -XX:+UseSerialGC "-Dlog4j.configuration=file:$here/log4j.properties" -cp "$jars/*")
  for ((try = 1; try <= START_TRIES_MAX; try++)); do
    if [[ ! -d $home/data ]]; then
      write_properties
      uuid=$(head -c 16 /dev/urandom | base64 | tr -d '=\n' | tr '+/' 'AB')
      "${java[@]}" kafka.tools.StorageTool format -t "$uuid" -c "$home/server.properties" >> "$home/log" 2>&1
    fi
    start_once "$home" answers "${java[@]}" kafka.Kafka "$home/server.properties" && return
    signal_and_wait "$home" KILL
    # Only a node that has never answered may take other ports: its address is not yet known to anyone.
    [[ -e $home/has_answered ]] && break
    rm -rf "$home/data"
  done
  tail -20 "$home/log" >&2
  die "Kafka did not answer; the whole log is $home/log"
}

mkdir -p "$home"
case $verb in
  start) start && touch "$home/has_answered" ;;
  stop) signal_and_wait "$home" TERM ;;
  kill) signal_and_wait "$home" KILL ;;
  restart) signal_and_wait "$home" TERM && start ;;
  address) address ;;
  tool) exec java -XX:TieredStopAtLevel=1 "-Dlog4j.configuration=file:$here/log4j.properties" -cp "$("$here/kafka_jars.sh")/*" \
    "$3" --bootstrap-server "$(address)" "${@:4}" ;;
  *) usage ;;
esac
