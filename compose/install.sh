#!/usr/bin/env bash
# Installs what is missing of the Debian packages that a task needs; where all are there, it ends in a moment.
# Usage: install.sh [run|servers|test|soak|bench|lint|fuzz]...     run, the default, builds and runs the daemon
# DOCS=OFF in the environment: without npm, for a build with -DROLLCALL_DOCS=OFF.
set -euo pipefail

# a|b: whichever the distribution has; the first is Debian 12's.
build="g++ cmake ninja-build make pkg-config ccache libboost1.81-dev|libboost1.83-dev
  libboost-json1.81-dev|libboost-json1.83-dev librdkafka-dev libpqxx-dev libpq-dev libsimdjson-dev libroaring-dev
  libxxhash-dev libcli11-dev libtomlplusplus-dev libspdlog-dev prometheus-cpp-dev libgoogle-perftools-dev
  libcurl4-openssl-dev libcsv-dev libssl-dev zlib1g-dev"
# Swagger UI and Redoc come through npm. One from elsewhere is as good, and Debian's cannot stand beside it.
[[ ${DOCS:-ON} == OFF ]] || command -v npm > /dev/null || build+=" npm ca-certificates"
# What CMake asks for as soon as the tests are configured, too.
tests="doctest-dev libvalijson-dev git jq ca-certificates prometheus python3"
servers="postgresql openjdk-17-jre-headless|openjdk-21-jre-headless maven kcat procps curl"
pooler="pgbouncer"

wanted=()
want() { read -ra words <<< "${*//$'\n'/ }" && wanted+=("${words[@]}"); }
for level in "${@:-run}"; do
  case $level in
    run) want "$build" ;;
    servers) want "$servers" ;;
    test) want "$build $tests $servers $pooler" ;;
    soak) want "$build $tests $servers $pooler python3-venv" ;;
    bench) want "$build $tests $servers wrk python3-venv" ;;
    lint) want "$build $tests clang clang-format clang-tidy yamllint shellcheck" ;;
    fuzz) want "$build $tests clang libclang-rt-14-dev|libclang-rt-dev" ;;
    *) sed -n 's/^# \{0,1\}//; 2,4p' "$0" >&2; exit 2 ;;
  esac
done

installed=" $(dpkg-query -W -f='${Package}=${db:Status-Status}\n' 2>/dev/null | sed -n 's/=installed$//p' | tr '\n' ' ')"
missing=()
for choice in "${wanted[@]}"; do
  for package in ${choice//|/ }; do
    [[ $installed == *" $package "* ]] && continue 2
  done
  missing+=("$choice")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  command -v sudo > /dev/null || { echo "install.sh: run as root, or install sudo; missing: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)

echo "install.sh: installing ${missing[*]}" >&2
"${apt[@]}" update >&2
chosen=()
for choice in "${missing[@]}"; do
  for package in ${choice//|/ }; do
    [[ -n $(apt-cache show --no-all-versions "$package" 2>/dev/null) ]] && break
  done
  chosen+=("$package")
done

# Debian's PostgreSQL would create a database and start a server of its own. Ours are private and short-lived, so it is
# told not to, for this installation only; one that exists is not touched.
no_cluster=/etc/postgresql-common/createcluster.d/rollcall-install.conf
policy=/usr/sbin/policy-rc.d
ours=()
trap '((${#ours[@]} == 0)) || "${as_root[@]}" rm -f "${ours[@]}"' EXIT
if [[ " ${chosen[*]} " == *" postgresql "* ]]; then
  "${as_root[@]}" mkdir -p "${no_cluster%/*}"
  ours+=("$no_cluster")
  echo "create_main_cluster = false" | "${as_root[@]}" tee "$no_cluster" > /dev/null
fi
# Of PgBouncer and of Debian's Prometheus the tests want the programs alone; their services would start now and with the
# machine. Nothing is started while this runs, and afterwards they are switched off. One that was there before is not
# touched, and a policy of the machine's own stays in force.
quiet=()
for package in pgbouncer prometheus; do
  [[ " ${chosen[*]} " != *" $package "* ]] || quiet+=("$package")
done
if ((${#quiet[@]})) && [[ ! -e $policy ]]; then
  ours+=("$policy")
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin "$policy"
fi

# --no-remove: rather fail than take away what somebody uses.
if ! "${apt[@]}" install -y --no-install-recommends --no-remove "${chosen[@]}" >&2; then
  if [[ $installed == *" libboost1.74-dev "* ]]; then
    echo "install.sh: rollcall needs Boost 1.81; Debian lets only one Boost's headers be installed, and libboost1.74-dev is." >&2
    echo "install.sh: remove it ('apt-get remove libboost1.74-dev') and run this again, or build in a container." >&2
  fi
  exit 1
fi
for service in ${quiet[@]+"${quiet[@]}"}; do
  "${as_root[@]}" update-rc.d "$service" disable > /dev/null 2>&1 || true
  "${as_root[@]}" invoke-rc.d "$service" stop > /dev/null 2>&1 || true
done
