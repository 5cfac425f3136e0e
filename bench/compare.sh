#!/usr/bin/env bash
# Measures Vigie against Debian's victoria-metrics and prometheus: the same simulated fleet is written to each, and the same
# questions are asked. Writes a table in Markdown. Everything listens on loopback only and is stopped at the end.
set -euo pipefail
bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")

usage() {
  cat <<'TEXT'
usage: bench/compare.sh [--hosts 100] [--hours 26] [--runs 2] [--quick] [--keep] [--receivers LIST] [--output FILE]
  --quick      20 hosts, 1 hour, one run: about two minutes, to see that it works; the numbers say little
  --runs       times that each shape is written to each receiver, by turns; the medians are told
  --receivers  a list such as victoria,vigie (all three: victoria,vigie,prometheus)
  --output     where the table goes (bench/results/compare.md; with --quick to the screen only)
  --keep       leave data folders and logs, and say where
fleetload, which makes the samples, is looked for in ../shared/bench/fleetload or in $FLEETLOAD.
TEXT
}

hosts=100 hours=26 runs=2 quick=0 keep=0 receivers=victoria,vigie,prometheus output='' fleet_hosts=2000
while (($#)); do
  case $1 in
    --hosts) hosts=$2; shift ;;
    --hours) hours=$2; shift ;;
    --runs) runs=$2; shift ;;
    --receivers) receivers=$2; shift ;;
    --output) output=$2; shift ;;
    --quick) quick=1 hosts=20 hours=1 runs=1 fleet_hosts=500 ;;
    --keep) keep=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
((quick)) || output=${output:-$bench/results/compare.md}

work=$(mktemp -d "${TMPDIR:-/tmp}/vigie-compare.XXXXXX")
results=$work/results.tsv
started=()
finish() {
  local pid
  for pid in "${started[@]}"; do
    kill -9 "$pid" 2>/dev/null || true
  done
  if ((keep)); then
    echo "compare: data and logs are in $work" >&2
  else
    rm -rf "$work"
  fi
}
trap finish EXIT
trap 'exit 130' INT TERM

source "$bench/ports.sh"
source "$bench/compare/needs.sh"
source "$bench/compare/receivers.sh"
source "$bench/compare/measure.sh"
source "$bench/compare/queries.sh"

need_packages
build_all

# One end for all, so that each receiver gets the same samples.
end=$(($(date +%s) / 15 * 15))
IFS=, read -ra names <<<"$receivers"
for ((run = 1; run <= runs; run++)); do
  for shape in 40 1; do
    for name in "${names[@]}"; do
      say "run $run of $runs: $name, $shape hosts a request"
      ask=0
      [[ $run == "$runs" && $shape == 40 ]] && ask=1
      measure_ingest "$name" "$shape" "$run" "$ask"
    done
  done
done
for name in "${names[@]}"; do
  say "$fleet_hosts hosts, a quarter of an hour: $name"
  measure_fleet "$name"
done
if [[ ,$receivers, == *,vigie,* ]]; then
  say "killed under load"
  measure_replay
fi

if [[ ,$receivers, == *,vigie,* && ,$receivers, == *,prometheus,* ]]; then compare_answers; fi

{
  describe_setup
  awk -f "$bench/compare/report.awk" "$results"
} >"$work/compare.md"
if [[ -n $output ]]; then
  mkdir -p "$(dirname "$output")"
  cp "$work/compare.md" "$output"
fi
cat "$work/compare.md"
