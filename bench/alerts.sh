#!/usr/bin/env bash
# Measures how soon people hear: from a sample that crosses a threshold to the webhook, by Vigie and by Debian's Prometheus with Alertmanager, and
# how many rules are evaluated. Writes a table in Markdown. Takes about a quarter of an hour, nearly all of it waiting.
set -euo pipefail
bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")

usage() {
  cat <<'TEXT'
usage: bench/alerts.sh [--times 120] [--peer-times 20] [--output FILE]
  --times       alerts by Vigie, and a quarter of it with the wait for company
  --peer-times  alerts by Prometheus and Alertmanager
  --output      where the table goes (bench/results/alerts.md)
TEXT
}

times=120 peers=20 output=$bench/results/alerts.md
while (($#)); do
  case $1 in
    --times) times=$2; shift ;;
    --peer-times) peers=$2; shift ;;
    --output) output=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { echo "alerts: $*" >&2; }
missing=()
for need in prometheus prometheus-alertmanager; do [[ -x /usr/bin/$need ]] || missing+=("$need"); done
if ((${#missing[@]})); then
  [[ $(id -u) == 0 ]] || { say "${missing[*]} is missing; install it with: sudo apt-get install ${missing[*]}"; exit 1; }
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

dotnet build "$root/bench/Vigie.Benchmarks" -c Release -v quiet --nologo >&2
run=(dotnet "$root/artifacts/bin/Vigie.Benchmarks/release/Vigie.Benchmarks.dll")
say "rules …"
rules=$("${run[@]}" alert-rules 100; "${run[@]}" alert-rules 1000; "${run[@]}" alert-rules 10000)
say "alerts by Vigie …"
ours=$("${run[@]}" alert-latency "$times" 100)
say "alerts by Prometheus and Alertmanager …"
theirs=$("${run[@]}" alert-latency-peer "$peers")

version() { dpkg-query -W -f '${Version}' "$1"; }
{
  cat <<TEXT
# How soon people hear

Made by \`bench/alerts.sh\` on $(date -u +%F), $(nproc) cores. prometheus $(version prometheus), prometheus-alertmanager $(version prometheus-alertmanager).

From a sample that crosses a threshold to the webhook that tells of it, in seconds. Vigie's begins when the sample is accepted, at a time of no
fixed phase, in a hub over HTTP to which a fleet of 100 hosts reports meanwhile. The other begins when a target shows the value, because
nobody accepts it before the next scrape; all timings are its defaults (scrapes and rules each minute, group_wait 30 s).

| | alerts | p50 | p99 | longest |
|---|---:|---:|---:|---:|
TEXT
  printf '%s\n%s\n' "$ours" "$theirs" | awk -F'\t' '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5 }'
  cat <<'TEXT'

An instance is a rule on one thing (a host, a file system) that has an answer. Six file systems, CPU and memory a host; all built-in rules. A second
is one of processor time, that of all threads. At least: 10,000 instances a second.

| hosts | instances | instances a second of one core | ms a round |
|---:|---:|---:|---:|
TEXT
  awk -F'\t' '{ printf "| %s | %s | %s | %s |\n", $1, $2, $3, $4 }' <<<"$rules"
} >"$output"
cat "$output"
