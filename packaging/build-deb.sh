#!/usr/bin/env bash
# Builds vigie-agent_VERSION_ARCH.deb for this kind of machine. Needs dpkg-deb, and what packaging/build-agent.sh needs.
set -euo pipefail
packaging=$(cd "$(dirname "$0")" && pwd)
case ${1:-} in
  -h | --help)
    echo "usage: packaging/build-deb.sh [FOLDER [AGENT]]   where the package goes (the current folder); the agent, if it is built already"
    exit 0
    ;;
esac
folder=${1:-.} agent=${2:-}
command -v dpkg-deb >/dev/null || { echo "build-deb: dpkg-deb is missing; Debian has it in dpkg" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -n $agent ]] || agent=$("$packaging/build-agent.sh" "$work/agents" | tail -n 1)
version=$("$agent" --version | cut -d' ' -f2)
arch=$(dpkg --print-architecture)
tree=$work/vigie-agent
install -D -m 755 "$agent" "$tree/usr/bin/vigie-agent"
install -d "$tree/lib/systemd/system" "$tree/etc/default" "$tree/DEBIAN"
sed -e 's|/usr/local/bin/vigie-agent @OPTIONS@|/usr/bin/vigie-agent $OPTIONS|' \
  -e 's|^\[Service\]$|&\nEnvironmentFile=/etc/default/vigie-agent|' \
  "$packaging/vigie-agent.service" >"$tree/lib/systemd/system/vigie-agent.service"
cat >"$tree/etc/default/vigie-agent" <<'TEXT'
# What the agent is started with; vigie-agent --help lists all. The token stands in /etc/vigie-agent/token: on the hub,
# `vigie token create --name HOST --scope write` prints one. Make it readable for the user vigie-agent alone, then:
# systemctl enable --now vigie-agent
OPTIONS="--hub http://hub.example.org:5000 --token-file /etc/vigie-agent/token --checks /etc/vigie-agent/checks.conf --probes-dir /etc/vigie-agent/probes.d"
TEXT
install -D -m 644 "$packaging/../src/Vigie.Agent/Checks/checks.conf" "$tree/etc/vigie-agent/checks.conf"
install -d "$tree/etc/vigie-agent/probes.d"
cat >"$tree/DEBIAN/control" <<TEXT
Package: vigie-agent
Version: $version
Architecture: $arch
Maintainer: Vigie <vigie@localhost>
Section: admin
Priority: optional
Depends: libc6, adduser
Recommends: ca-certificates
Installed-Size: $(du -ks "$tree/usr" | cut -f1)
Description: measures this server and reports to a Vigie hub
 One program without dependencies: it listens on nothing, needs no root, and keeps
 a day of samples on the disk while its hub is away.
TEXT
printf '%s\n' /etc/default/vigie-agent /etc/vigie-agent/checks.conf >"$tree/DEBIAN/conffiles"
# All three may be run for another root (dpkg --root), of which they are told by DPKG_ROOT; users and services are this system's, and are
# left alone then.
cat >"$tree/DEBIAN/postinst" <<'TEXT'
#!/bin/sh
set -e
if [ "$1" = configure ] && [ -n "$DPKG_ROOT" ]; then
  chmod 750 "$DPKG_ROOT/etc/vigie-agent"
elif [ "$1" = configure ]; then
  id vigie-agent >/dev/null 2>&1 || adduser --system --group --no-create-home --home /nonexistent --quiet vigie-agent
  chown root:vigie-agent /etc/vigie-agent
  chmod 750 /etc/vigie-agent
  if [ -e /etc/vigie-agent/token ]; then
    chown vigie-agent: /etc/vigie-agent/token
    chmod 600 /etc/vigie-agent/token
  fi
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart vigie-agent || true
  fi
fi
TEXT
cat >"$tree/DEBIAN/prerm" <<'TEXT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]; then
  systemctl disable --now vigie-agent >/dev/null 2>&1 || true
fi
TEXT
cat >"$tree/DEBIAN/postrm" <<'TEXT'
#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -rf "$DPKG_ROOT/etc/vigie-agent" "$DPKG_ROOT/var/lib/vigie-agent" "$DPKG_ROOT/var/lib/private/vigie-agent"
  [ -n "$DPKG_ROOT" ] || deluser --quiet --system vigie-agent >/dev/null 2>&1 || true
fi
if [ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
TEXT
chmod 755 "$tree"/DEBIAN/p*
mkdir -p "$folder"
dpkg-deb --root-owner-group --build "$tree" "$folder/vigie-agent_${version}_$arch.deb" >/dev/null
echo "$folder/vigie-agent_${version}_$arch.deb"
