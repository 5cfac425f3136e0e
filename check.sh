#!/usr/bin/env bash
# Proves the project: installs what the tests need, builds with warnings as errors, verifies the format, runs every test.
# Ends with a line "N passed, N failed, N skipped". Needs the .NET 10 SDK; Debian packages are installed when run as root.
set -euo pipefail
cd "$(dirname "$0")"

# package:file that tells whether it is there
needs=(
  chromium:/usr/bin/chromium
  python3-aiosmtpd:/usr/lib/python3/dist-packages/aiosmtpd
  prometheus:/usr/bin/prometheus
  prometheus-node-exporter:/usr/bin/prometheus-node-exporter
  prometheus-alertmanager:/usr/bin/prometheus-alertmanager
  fonts-dejavu-core:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
  monitoring-plugins-basic:/usr/lib/nagios/plugins/check_load
  # for publishing the agent ahead of time
  gcc:/usr/bin/cc
  zlib1g-dev:/usr/include/zlib.h
)
missing=()
for need in "${needs[@]}"; do
  [[ -e ${need#*:} ]] || missing+=("${need%%:*}")
done
if ((${#missing[@]})); then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "check: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null
    # the tests want the programs of these packages, not their services: neither now nor at the next boot
    policy=/usr/sbin/policy-rc.d
    [[ -e $policy ]] && policy=
    [[ -z $policy ]] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"; }
    installed=0
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || installed=$?
    [[ -z $policy ]] || rm -f "$policy"
    ((installed == 0)) || exit "$installed"
    for service in prometheus prometheus-node-exporter prometheus-alertmanager; do
      if [[ " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
        systemctl disable "$service" >/dev/null 2>&1 || true
      fi
    done
  else
    echo "check: some tests will be skipped; install them with: sudo apt-get install ${missing[*]}" >&2
  fi
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
echo "check: restore"
dotnet restore Vigie.slnx --locked-mode -v quiet
echo "check: build"
dotnet build Vigie.slnx --no-restore -c Debug -v quiet --nologo
echo "check: format"
dotnet format Vigie.slnx --no-restore --verify-no-changes --severity warn
echo "check: agent, compiled ahead of time"
dotnet publish src/Vigie.Agent -c Release -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -v quiet --nologo
artifacts/publish/Vigie.Agent/release*/vigie-agent --once --print | grep -c . >/dev/null
echo "check: tests"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
artifacts/bin/Vigie.Tests/debug/Vigie.Tests -noColor "$@" >"$log" 2>&1 || status=$?

# what failed and what was skipped, with reasons; the hubs' own log lines are left out
grep -Ev '^([0-9:]+ )?(trce|dbug|info|warn|fail|crit): ' "$log" || true
summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1 || true)
if [[ -z $summary ]]; then
  echo "check: the tests ended without a summary (exit code $status)" >&2
  exit 1
fi
read -r total errors failed skipped <<<"${summary//[^0-9 ]/}"
echo "$((total - failed - skipped)) passed, $((failed + errors)) failed, $skipped skipped"
((total > 0)) || exit 1
exit "$status"
