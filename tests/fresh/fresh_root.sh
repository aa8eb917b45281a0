#!/usr/bin/env bash
# Runs a command of HEAD in a root where nothing is installed: a minimal Debian by debootstrap, entered by chroot. What
# this machine has beside it cannot help there. Only its way to the package registries goes along: apt's sources and
# proxy, certificates, and the settings of npm, pip and Maven.
# Usage: fresh_root.sh [bookworm|trixie] COMMAND [ARGUMENT...]     ends with the command's code
# Where this user may not mount or change the root it says so, and runs the command in place.
# FRESH_ROOT_STORE (/var/tmp/rollcall-fresh-root): holds the minimal root, which is made once and copied for each run.
# FRESH_ROOT_CCACHE: a compiler cache that is lent. Nothing installed comes with it, and an object is only taken out of it
# where every header that it was made of is there and the same. Unset, everything is compiled.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
suite=bookworm
case ${1-} in bookworm | trixie) suite=$1 && shift ;; esac
(($# >= 1)) || { sed -n 's/^# \{0,1\}//; 2,10p' "$0" >&2; exit 2; }

# What is needed below, tried in a namespace that ends at once.
may_enter_a_root() {
  ((EUID == 0)) && unshare --mount --propagation private sh -ec '
    mount -t tmpfs tmpfs /mnt && mknod /mnt/null c 1 3 && echo > /mnt/null && mount -t proc proc /mnt && chroot / true'
}
if ! may_enter_a_root 2> /dev/null; then
  echo "fresh_root.sh: no right to mount or to change the root: running in place, which shows nothing of a fresh machine" >&2
  cd "$top" && exec "$@"
fi

apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
command -v debootstrap > /dev/null || { "${apt[@]}" update && "${apt[@]}" install -y debootstrap; } > /dev/null

store=${FRESH_ROOT_STORE:-/var/tmp/rollcall-fresh-root}
base=$store/$suite
mkdir -p "$store"
exec 9> "$store/$suite.lock"
flock 9  # another run may be making it
if [[ ! -e $base/.complete ]]; then
  rm -rf "$base"
  # shellcheck disable=SC2016  # apt's own placeholders
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk '$2 ~ /^(bookworm|trixie)$/ {print $1; exit}')
  debootstrap --variant=minbase --include=ca-certificates,make "$suite" "$base" \
    "${mirror:-http://deb.debian.org/debian}" > "$store/$suite.log" || { tail -n 5 "$store/$suite.log" >&2; exit 3; }
  touch "$base/.complete"
fi
exec 9>&-

root=$(mktemp -d "$store/run.XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
cp -a "$base/." "$root/"

# take PATH...: the same files, at the same places, where they are there.
take() {
  local path
  for path; do
    [[ -e $path ]] || continue
    mkdir -p "$root${path%/*}" && rm -rf "${root:?}$path" && cp -aL "$path" "$root$path"
  done
}
take /etc/resolv.conf /etc/hosts /etc/npmrc /etc/pip.conf /root/.npmrc /root/.config/pip /root/.m2/settings.xml \
  /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates /etc/apt/auth.conf /etc/apt/auth.conf.d
# Proxies and certificates of apt: whatever is not the distribution's own.
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do [[ -e $base$file ]] || take "$file"; done
# shellcheck source=/dev/null
if [[ $suite == "$(. /etc/os-release && echo "$VERSION_CODENAME")" ]]; then
  rm -rf "$root"/etc/apt/sources.list*
  take /etc/apt/sources.list /etc/apt/sources.list.d
fi

# Of the environment only what leads to the registries, with the files that it names.
environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8)
for name in $(compgen -e); do
  case $name in
    *_proxy | *_PROXY | PIP_* | npm_config_* | NPM_CONFIG_* | NODE_EXTRA_CA_CERTS | SSL_CERT_FILE | REQUESTS_CA_BUNDLE | \
      CURL_CA_BUNDLE | CI | TERM)
      environment+=("$name=${!name}")
      if [[ -f ${!name} ]]; then take "${!name}"; fi
      ;;
  esac
done
if [[ -f /etc/ssl/certs/java/cacerts ]]; then
  cp -L /etc/ssl/certs/java/cacerts "$root/etc/ssl/java-cacerts"
  environment+=(MAVEN_OPTS=-Djavax.net.ssl.trustStore=/etc/ssl/java-cacerts)
fi
if [[ -n ${FRESH_ROOT_CCACHE:-} ]]; then
  mkdir -p "$FRESH_ROOT_CCACHE" "$root/var/cache/ccache"
  environment+=(CCACHE_DIR=/var/cache/ccache)
fi

# At the same place as here, so that a lent cache knows the paths. Who owns the checkout does not matter to reading it.
mkdir -p "$root$top"
git -c safe.directory="$top" -C "$top" archive HEAD | tar -x -C "$root$top"

# Mounts of a namespace of their own: they are gone with the command, whatever happens to it. Devices are new ones, so
# that nothing in there can reach this machine's.
# shellcheck disable=SC2016  # for the inner shell
exec_inside='
  root=$1 top=$2 cache=$3 && shift 3
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev" && mkdir -m 1777 "$root/dev/shm" && mkdir "$root/dev/pts"
  for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}"
  done
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" && ln -s pts/ptmx "$root/dev/ptmx"
  for link in fd: stdin:/0 stdout:/1 stderr:/2; do ln -s "/proc/self/fd${link#*:}" "$root/dev/${link%:*}"; done
  if [ -n "$cache" ]; then mount --bind "$cache" "$root/var/cache/ccache"; fi
  exec chroot "$root" sh -c "cd \"\$0\" && exec \"\$@\"" "$top" "$@"'
code=0
env -i "${environment[@]}" unshare --mount --propagation private \
  sh -euc "$exec_inside" sh "$root" "$top" "${FRESH_ROOT_CCACHE:-}" "$@" || code=$?
exit "$code"
