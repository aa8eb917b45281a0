#!/usr/bin/env bash
# Takes from npm the few files of Swagger UI and Redoc that the program embeds, each compressed, with their licences.
# Usage: vendor.sh DIR     DIR: somewhere under the build folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?vendor.sh DIR}"
cd "$1"

command -v npm > /dev/null || { echo "vendor.sh: npm is missing; compose/install.sh installs it" >&2; exit 1; }
cp "$here/package.json" "$here/package-lock.json" .
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > npm.log 2>&1 || { cat npm.log >&2; exit 1; }
swagger=node_modules/swagger-ui-dist redoc=node_modules/redoc

pack() { gzip -9 --no-name > "$1.gz"; }
pack swagger-ui.css < "$swagger/swagger-ui.css"
pack swagger-ui-bundle.js < "$swagger/swagger-ui-bundle.js"

# Redoc shows a logo from its maker's host beside its name. Nothing here may come from a foreign host, so it becomes an
# empty picture; the name and the link stay.
logo='https://cdn.redoc.ly/redoc/logo-mini.svg'
empty="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
grep -qF "\"$logo\"" "$redoc/bundles/redoc.standalone.js" || { echo "vendor.sh: Redoc's logo has moved" >&2; exit 1; }
sed "s|\"$logo\"|\"$empty\"|" "$redoc/bundles/redoc.standalone.js" | pack redoc.standalone.js

for file in "$swagger"/{LICENSE,NOTICE,swagger-ui-bundle.js.LICENSE.txt} \
  "$redoc"/{LICENSE,bundles/redoc.standalone.js.LICENSE.txt,bundles/*.worker.js.LICENSE.txt}; do
  printf '==== %s ====\n\n' "${file#node_modules/}"
  cat "$file"
  printf '\n\n'
done | pack licences.txt
rm -rf node_modules
