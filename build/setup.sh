#!/usr/bin/env bash
# Installs what is missing to build, run or test, and says in one line what it does. Proven on Debian 12.
# usage: build/setup.sh go | test
set -euo pipefail

# need_packages installs Debian packages whose program is not there: "program:package" each.
need_packages() {
  local missing=()
  for pair in "$@"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    echo "setup: please install: ${missing[*]} (this is not Debian, so it is not done for you)" >&2
    exit 1
  fi
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
    sudo=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# need_go stops when Go is missing or older than go.mod asks for. Debian 12's own Go is too old.
need_go() {
  local want have
  want=$(awk '$1 == "go" { print $2 }' go.mod)
  if ! command -v go >/dev/null; then
    echo "setup: Go $want or newer is needed and none is installed. Install the official archive of Go for your system to /usr/local/go, put /usr/local/go/bin into PATH, and run this again." >&2
    exit 1
  fi
  have=$(go env GOVERSION | sed 's/^go//')
  if [ "$(printf '%s\n%s\n' "$want" "$have" | sort -V | head -n 1)" != "$want" ]; then
    echo "setup: Go $want or newer is needed, this is Go $have ($(command -v go)). Install a newer Go (the official archive to /usr/local/go) and run this again." >&2
    exit 1
  fi
}

cd "$(dirname "$0")/.."
case "${1:-}" in
  go) need_go ;;
  test) need_go; need_packages gcc:gcc slapd:slapd slapadd:slapd ldapsearch:ldap-utils exim4:exim4-daemon-light ;;
  *) echo "usage: build/setup.sh go | test" >&2; exit 2 ;;
esac
