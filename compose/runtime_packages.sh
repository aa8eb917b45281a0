#!/usr/bin/env bash
# Prints the Debian packages whose libraries a program is linked with, one a line.
# Usage: runtime_packages.sh PROGRAM
set -euo pipefail
# /lib is a link to /usr/lib; a package's record has the one path or the other.
owner_of() { dpkg-query -S "$1" 2>/dev/null || dpkg-query -S "/usr$1" 2>/dev/null || dpkg-query -S "${1#/usr}"; }

libraries=$(ldd "${1:?runtime_packages.sh PROGRAM}" | awk '$2 == "=>" && $3 ~ "^/" { print $3 }')
for library in $libraries; do
  owner_of "$library" | cut -d : -f 1
done | sort -u
