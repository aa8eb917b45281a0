#!/usr/bin/env bash
# Prints the folder with Kafka's jars, fetching them from Maven Central the first time (113 MB).
# The folder appears in one step, complete: two first runs at once are harmless.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

version=$(sed -n 's:.*<kafka\.version>\(.*\)</kafka\.version>.*:\1:p' "$here/pom.xml")
cache=${XDG_CACHE_HOME:-~/.cache}/rollcall
jars=$cache/kafka-$version

if [[ ! -d $jars ]]; then
  mkdir -p "$cache"
  fresh=$(mktemp -d "$cache/kafka-$version.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  echo "kafka_jars.sh: fetching Kafka $version into $jars" >&2
  mvn -q -B -Dstyle.color=never -Dmaven.wagon.http.retryHandler.count=3 -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$fresh" >&2
  chmod 755 "$fresh"
  mv -T "$fresh" "$jars" 2>/dev/null || [[ -d $jars ]]  # -T fails where another run was faster
fi
echo "$jars"
