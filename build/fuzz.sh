#!/usr/bin/env bash
# Runs every fuzz target of the tree for the given time. Finding none is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-20s}
count=0
while IFS=: read -r file target; do
  echo "fuzz: $target in $(dirname "$file")"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x "./$(dirname "$file")"
  count=$((count + 1))
done < <(git grep -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed 's/:func /:/')
[ "$count" -gt 0 ] || { echo "fuzz: no fuzz target found" >&2; exit 1; }
echo "fuzz: $count targets, nothing found"
