#!/usr/bin/env bash
# Makes these targets one after the other, and tells at the end, also after a failure, how long each took and which were
# not reached:
# scripts/steps.sh lint build-tests browser-tests.
set -euo pipefail
cd "$(dirname "$0")/.."

took=()
steps=("$@")
tell() {
  printf '\nTime by step:\n'
  [ ${#took[@]} = 0 ] || printf '%s\n' "${took[@]}"
  [ ${#took[@]} = ${#steps[@]} ] || printf '      -    %s (not reached)\n' "${steps[@]:${#took[@]}}"
}
trap tell EXIT

for step in "${steps[@]}"; do
  began=$SECONDS
  status=0
  make --no-print-directory "$step" || status=$?
  took+=("$(printf '%5d s  %s%s' $((SECONDS - began)) "$step" "$([ $status = 0 ] || echo ' (failed)')")")
  [ $status = 0 ] || exit $status
  # What is built once is not built again by the steps that need it.
  [ "$step" != build-tests ] || export BUILT=yes
done
