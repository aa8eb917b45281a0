#!/usr/bin/env bash
# Opens /docs and /redoc in a headless Chromium: both must show the description and leave the console empty, where a
# breach of their own policy would be told. Without a Chromium it says so and does nothing.
# Usage: browser.sh [BUILD]
set -euo pipefail
build=$(cd "${1:-$(dirname "$0")/../../build/release}" && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "browser.sh: no Chromium here, so the pages are not looked at" >&2
  exit 0
}

dir=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-browser.XXXXXX")
daemon=
clean_up() {
  [[ -z $daemon ]] || { kill "$daemon" 2> /dev/null && wait "$daemon"; } || true
  rm -rf "$dir"
}
trap clean_up EXIT

"$build/rollcall" serve --http 127.0.0.1:0 --database memory 2> "$dir/log" &
daemon=$!
for ((tries = 0; ; ++tries)); do
  port=$(jq -r 'select(.message == "answering") | .port' "$dir/log")
  [[ -z $port ]] || break
  if ((tries == 300)) || ! kill -0 "$daemon"; then
    cat "$dir/log" >&2
    exit 1
  fi
  sleep 0.1
done

sandbox=()
((EUID != 0)) || sandbox=(--no-sandbox)  # Chromium refuses root otherwise
for page in docs redoc; do
  timeout 120 "$browser" --headless=new --disable-gpu "${sandbox[@]}" --user-data-dir="$dir/profile" \
    --enable-logging=stderr --virtual-time-budget=10000 --dump-dom "http://127.0.0.1:$port/$page" \
    > "$dir/$page.html" 2> "$dir/$page.log"
  if grep 'CONSOLE' "$dir/$page.log" >&2; then
    echo "browser.sh: /$page has something to complain about" >&2
    exit 1
  fi
  # A summary out of the description, wherever in the page it stands.
  grep -q 'All batches' "$dir/$page.html" || { echo "browser.sh: /$page does not show the description" >&2; exit 1; }
  echo "browser.sh: /$page is shown, and nothing is refused"
done
