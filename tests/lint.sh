#!/usr/bin/env bash
# Checks the layout and the usual mistakes of every tracked file; all checks run, and any finding fails at the end.
# Usage: lint.sh BUILD     BUILD: a configured build folder, for its compile_commands.json
set -uo pipefail
build=$(cd "${1:?lint.sh BUILD}" && pwd)
cd "$(dirname "$0")/.." || exit
failed=()
check() {
  echo "lint: $1" >&2
  "${@:2}" || failed+=("$1")
}

# The command of each file goes to stdout and a count of what was suppressed to stderr: neither is a finding.
tidy() {
  run-clang-tidy -quiet -p "$build" "^$PWD/(pipeline|connectors|config|daemon|tests)/" 2>&1 |
    grep -vE '^clang-tidy|[0-9]+ warnings? generated|^$'
  return "${PIPESTATUS[0]}"
}

mapfile -t cpp < <(git ls-files '*.cpp' '*.hpp')
mapfile -t yaml < <(git ls-files '*.yaml' '*.yml')
mapfile -t scripts < <(git ls-files '*.sh' '.ci/run')

check clang-format clang-format --dry-run -Werror "${cpp[@]}"
# SC2317: this shellcheck takes the body of a trap for unreachable.
check shellcheck shellcheck --external-sources --source-path=SCRIPTDIR --exclude=SC2317 "${scripts[@]}"
check yamllint yamllint --strict -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable}}' "${yaml[@]}"
check clang-tidy tidy

((${#failed[@]} == 0)) && exit 0
echo "lint: findings of ${failed[*]}" >&2
exit 1
