#!/bin/sh
# Installs vigie-agent, the probe of Vigie, from the hub it will report to. Nothing is fetched from anywhere else.
#   curl -fsSL @HUB@/install | sudo sh -s -- --token TOKEN
set -eu

hub='@HUB@'
sum_x64='@SHA256_X64@'
sum_arm64='@SHA256_ARM64@'

usage() {
  cat <<TEXT
usage: sh -s -- --token TOKEN [--pin KEY] [--name HOST] [--interval TIME] [--root DIR]
       sh -s -- --uninstall [--root DIR]
  --token TOKEN    what \`vigie enroll\` has printed, or the page "Add a server"
  --pin KEY        the key that the hub must show, sha256/…; no other is believed, now and later
  --name HOST      the name under which this server appears (its own)
  --interval TIME  time between two rounds (15s)
  --root DIR       install under this folder, for an image; starts nothing
  --uninstall      remove the agent and all it has left
TEXT
}

fail() { echo "install: $*" >&2; exit 1; }
say() { echo "install: $*"; }

token='' pin='' name='' interval='' root='' uninstall=0
while [ $# -gt 0 ]; do
  case $1 in
    --token) token=${2:-}; shift ;;
    --pin) pin=${2:-}; shift ;;
    --name) name=${2:-}; shift ;;
    --interval) interval=${2:-}; shift ;;
    --root) root=${2:-}; shift ;;
    --uninstall) uninstall=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  [ $# -gt 0 ] && shift
done

program=$root/usr/local/bin/vigie-agent
settings=$root/etc/vigie-agent
unit=$root/etc/systemd/system/vigie-agent.service
user=vigie-agent

[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail 'this must be run as root: put sudo in front of sh'
with_systemd=0
if [ -z "$root" ] && [ -d /run/systemd/system ]; then with_systemd=1; fi

if [ "$uninstall" = 1 ]; then
  if [ "$with_systemd" = 1 ]; then systemctl disable --now vigie-agent >/dev/null 2>&1 || true; fi
  rm -rf "$program" "$unit" "$settings" "$root/var/lib/vigie-agent" "$root/var/lib/private/vigie-agent"
  if [ "$with_systemd" = 1 ]; then systemctl daemon-reload; fi
  if [ -z "$root" ] && id "$user" >/dev/null 2>&1; then userdel "$user" >/dev/null 2>&1 || true; fi
  say 'vigie-agent and all it has left are removed; on the hub, `vigie token revoke` ends its credential'
  exit 0
fi

# A name goes into a form and into a unit: what a host can't be called is refused here.
case $name in *[!A-Za-z0-9._-]*) fail "--name: \"$name\" has other signs than letters, digits, dots and dashes" ;; esac
case $pin in '' | sha256/*[!A-Za-z0-9+/=]*) [ -z "$pin" ] || fail "--pin: \"$pin\" is no key" ;; sha256/*) ;; *) fail "--pin: \"$pin\" is no key; it begins with sha256/" ;; esac
case $interval in *[!0-9smh]*) fail "--interval: \"$interval\" is no time; write it like 15s or 5m" ;; esac
[ -n "$token" ] || [ -s "$settings/token" ] || fail '--token is missing; on the hub, `vigie enroll` prints one'

case $(uname -s)/$(uname -m) in
  Linux/x86_64 | Linux/amd64) arch=x64 sum=$sum_x64 ;;
  Linux/aarch64 | Linux/arm64) arch=arm64 sum=$sum_arm64 ;;
  *) fail "there is no agent for $(uname -s) on $(uname -m)" ;;
esac
[ -n "$sum" ] || fail "the hub has no agent for linux-$arch; see \`vigie enroll --help\` on the hub"

if command -v curl >/dev/null; then
  # With a pin its key is all that counts, not who has signed it.
  asks() { if [ -n "$pin" ]; then curl -k --pinnedpubkey "sha256//${pin#sha256/}" "$@"; else curl "$@"; fi; }
  fetch() { asks -fsSL "$hub/$1"; }
  post() { asks -sS -X POST -H "Authorization: Bearer $token" --data "$2" -w '\n%{http_code}' "$hub/$1"; }
elif command -v wget >/dev/null; then
  asks() { if [ -n "$pin" ]; then wget --no-check-certificate --pinnedpubkey="sha256//${pin#sha256/}" "$@"; else wget "$@"; fi; }
  fetch() { asks -qO- "$hub/$1"; }
  post() { asks -qO- --header "Authorization: Bearer $token" --post-data "$2" "$hub/$1" && echo && echo 200; }
else
  fail 'neither curl nor wget is here'
fi
command -v sha256sum >/dev/null || fail 'sha256sum is not here'

# All in a folder of its own first: what is broken on the way replaces nothing.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "fetching the agent for linux-$arch from $hub"
fetch "install/vigie-agent-linux-$arch" >"$work/vigie-agent" || fail "the agent could not be fetched from $hub"
got=$(sha256sum "$work/vigie-agent" | cut -d' ' -f1)
[ "$got" = "$sum" ] || fail "what was fetched is not the hub's agent: its SHA-256 is $got and should be $sum"
chmod 755 "$work/vigie-agent"
"$work/vigie-agent" --version >/dev/null || fail 'the agent does not run on this server'

if [ -n "$token" ]; then
  [ -n "$name" ] || name=$("$work/vigie-agent" --print-name)
  reply=$(post api/v1/enroll "name=$name") || fail "the hub $hub does not answer"
  status=${reply##*
}
  credential=$(printf '%s\n' "$reply" | head -n 1)
  [ "$status" = 200 ] || fail "the hub refuses: $credential"
fi

mkdir -p "$(dirname "$program")" "$settings" "$(dirname "$unit")"
if [ -z "$root" ] && ! id "$user" >/dev/null 2>&1; then
  useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user" || fail "the user $user could not be made"
fi
if [ -n "$token" ]; then
  (umask 077 && printf '%s\n' "$credential" >"$settings/token")
fi
mkdir -p "$settings/probes.d"
if [ ! -e "$settings/checks.conf" ]; then
  cat >"$settings/checks.conf" <<'CHECKS'
@CHECKS@
CHECKS
fi
chmod 644 "$settings/checks.conf"
# The agent reads what stands there and can't change it: it runs the checks and probes of this folder.
chmod 750 "$settings"
if [ -z "$root" ]; then
  chown "root:$user" "$settings"
  chown "$user:" "$settings/token"
fi
mv "$work/vigie-agent" "$program.new"
mv "$program.new" "$program"

options="--hub $hub --token-file /etc/vigie-agent/token"
options="$options --checks /etc/vigie-agent/checks.conf --probes-dir /etc/vigie-agent/probes.d"
[ -z "$pin" ] || options="$options --pin $pin"
[ -z "$name" ] || options="$options --name $name"
[ -z "$interval" ] || options="$options --interval $interval"
cat >"$unit" <<'UNIT'
@UNIT@
UNIT
sed -i "s|@OPTIONS@|$options|" "$unit"

if [ "$with_systemd" = 1 ]; then
  systemctl daemon-reload
  systemctl enable vigie-agent >/dev/null 2>&1
  systemctl restart vigie-agent
  say "vigie-agent reports to $hub; its log: journalctl -u vigie-agent"
else
  say "installed; start it with: /usr/local/bin/vigie-agent $options"
fi
