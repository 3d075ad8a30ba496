#!/usr/bin/env bash
# Runs the tests that are not for the race detector (//go:build !race), but for those of packages that never run under it (Makefile).
# They calculate in one goroutine, measure memory, or kill their own binary while it starts. Finding none is a failure.
# The tests of a client's key in a token of SoftHSM come along: they need a build of their own too.
# usage: build/plain.sh [FLAG…]  more flags of go test
set -euo pipefail
cd "$(dirname "$0")/.."
files=$(git grep -l --untracked -E '^//go:build.*!race' -- '*_test.go' ':!backend/label' ':!backend/spif' ':!backend/cmbac' ':!backend/message')
[ -n "$files" ] || { echo "plain: no test found" >&2; exit 1; }
# shellcheck disable=SC2086 # one word per file, and per package
tests=$(grep -hoE '^func Test[A-Za-z0-9_]+' $files | sed 's/^func //' | paste -sd '|')
# shellcheck disable=SC2046,SC2086
CGO_ENABLED=1 ${TEST:-go test} -tags netgo,osusergo,integration,pkcs11 "$@" -run "^($tests)\$|PKCS11" $(dirname $files | sort -u | sed 's|^|./|')
