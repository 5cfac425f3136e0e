#!/usr/bin/env bash
# Measures the matching of advisories with a fleet, and the reading of a distribution's data, by an index of advisories: one JSON object a line
# (reference, title, first, cves), gzipped. Writes a table in Markdown.
set -euo pipefail
bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")

usage() {
  cat <<'TEXT'
usage: bench/advisories.sh INDEX.jsonl.gz [--output FILE]
  --output    where the table goes (bench/results/advisories.md)
TEXT
}

index='' output=$bench/results/advisories.md
while (($#)); do
  case $1 in
    --output) output=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) index=$1 ;;
  esac
  shift
done
[[ -f $index ]] || { usage >&2; exit 2; }

dotnet build -c Release -v quiet --nologo "$bench/Vigie.Benchmarks" >&2
{
  echo "# Matching advisories"
  echo
  echo "Made by \`bench/advisories.sh\`: the CVEs and titles of an index of advisories, a made-up fleet, a made-up tracker with those CVEs."
  echo "$(nproc) cores, $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1), .NET $(dotnet --version), one thread; a change is the median of nine."
  echo
  "$root/artifacts/bin/Vigie.Benchmarks/release/Vigie.Benchmarks" advisories "$index"
} >"$output"
cat "$output"
