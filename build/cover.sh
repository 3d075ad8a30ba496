#!/usr/bin/env bash
# Fails when the tests of a package run less than 95 % of its statements, or when it has none. Each package counts alone, by its own
# tests: what others run of it, they do not check.
# usage: build/cover.sh [PACKAGE…]
set -euo pipefail
cd "$(dirname "$0")/.."
least=95
[ $# -gt 0 ] || set -- ./backend/label/... ./backend/spif ./backend/cmbac
packages=$(go list "$@")
failed=0
output=$(${TEST:-go test} -tags netgo,osusergo,integration -cover "$@" 2>&1) || failed=1
for package in $packages; do
  # "ok caveat/backend/label 0.02s coverage: 98.5% of statements"; without tests the line begins with the package or a "?"
  line=$(awk -v package="$package" '$1 == package || $2 == package' <<<"$output")
  figure=$(sed -n 's/^ok.*coverage: \([0-9.]*\)% of statements.*/\1/p' <<<"$line")
  if [ -z "$figure" ]; then
    echo "cover: $package: no figure: its tests fail, or there are none" >&2
    failed=1
  elif awk -v figure="$figure" -v least="$least" 'BEGIN { exit !(figure < least) }'; then
    echo "cover: $package: its tests run $figure % of its statements, at least $least % are asked for: go test -coverprofile=c.out $package && go tool cover -html=c.out" >&2
    failed=1
  else
    echo "cover: $package: $figure %"
  fi
done
if [ "$failed" -ne 0 ]; then
  sed -E '/^(ok|\?)/d' <<<"$output" >&2
  exit 1
fi
