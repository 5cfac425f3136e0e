#!/usr/bin/env bash
# Measures the agent beside Debian's prometheus-node-exporter and collectd on this machine: memory, CPU, bytes on the wire. The agent
# reports to a hub of its own, node_exporter is scraped by curl, collectd reads and keeps nothing. Writes a table in Markdown.
set -euo pipefail
bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")

usage() {
  cat <<'TEXT'
usage: bench/agent.sh [--minutes 10] [--interval 15] [--output FILE]
  --minutes   how long each is watched, all at the same time
  --interval  seconds between two rounds, of all three
  --output    where the table goes (bench/results/agent.md)
TEXT
}

minutes=10 interval=15 output=$bench/results/agent.md
while (($#)); do
  case $1 in
    --minutes) minutes=$2; shift ;;
    --interval) interval=$2; shift ;;
    --output) output=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { echo "agent: $*" >&2; }
missing=()
[[ -x /usr/bin/prometheus-node-exporter ]] || missing+=(prometheus-node-exporter)
[[ -x /usr/sbin/collectd ]] || missing+=(collectd-core)
for need in curl jq; do command -v "$need" >/dev/null || missing+=("$need"); done
command -v ss >/dev/null || missing+=(iproute2)
if ((${#missing[@]})); then
  [[ $(id -u) == 0 ]] || { say "${missing[*]} is missing; install it with: sudo apt-get install ${missing[*]}"; exit 1; }
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/vigie-agent-bench.XXXXXX")
started=()
finish() {
  kill "${started[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
say building
dotnet build "$root/src/Vigie.Hub" -c Release -v quiet --nologo >"$work/build.log"
dotnet build "$root/bench/Vigie.Benchmarks" -c Release -v quiet --nologo >>"$work/build.log"
agent=$("$root/packaging/build-agent.sh" "$work/agents" | tail -n 1)
vigie=$root/artifacts/bin/Vigie.Hub/release/vigie.dll
benchmarks=$root/artifacts/bin/Vigie.Benchmarks/release/Vigie.Benchmarks.dll

source "$bench/ports.sh"

hub_port=$(free_port) exporter_port=$(free_port)
dotnet "$vigie" init --data "$work/hub" >/dev/null
dotnet "$vigie" token create --name bench --scope admin --data "$work/hub" --json | jq -r .token >"$work/token"
VIGIE_Feeds__CertFr__Enabled=false dotnet "$vigie" hub --data "$work/hub" --urls "http://127.0.0.1:$hub_port" >"$work/hub.log" 2>&1 &
started+=($!)
for ((i = 0; i < 300; i++)); do grep -q '^ready ' "$work/hub.log" && break; sleep 0.1; done

"$agent" --hub "http://127.0.0.1:$hub_port" --token-file "$work/token" --name bench --interval "${interval}s" --spool "$work/spool" \
  2>"$work/agent.log" &
agent_pid=$!
prometheus-node-exporter --web.listen-address="127.0.0.1:$exporter_port" >"$work/exporter.log" 2>&1 &
exporter_pid=$!
cat >"$work/collectd.conf" <<TEXT
BaseDir "$work"
PIDFile "$work/collectd.pid"
Interval $interval
$(for plugin in cpu memory swap df disk interface load uptime users processes; do echo "LoadPlugin $plugin"; done)
TEXT
collectd -f -C "$work/collectd.conf" >"$work/collectd.log" 2>&1 &
collectd_pid=$!
started+=("$agent_pid" "$exporter_pid" "$collectd_pid")

ticks=$(getconf CLK_TCK)
cpu_of() { sed 's/.*) //' "/proc/$1/stat" | awk -v t="$ticks" '{ print ($12 + $13) / t }'; }
rss_of() { awk '$1 == "VmRSS:" { print $2 / 1024 }' "/proc/$1/status"; }
threads_of() { awk '$1 == "Threads:" { print $2 }' "/proc/$1/status"; }
files_of() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
sent_of() { ss -tinpH "dport = :$hub_port" | grep -A1 "pid=$1," | grep -o 'bytes_sent:[0-9]*' | cut -d: -f2 | awk '{ sum += $1 } END { print sum + 0 }'; }
calc() { awk "BEGIN { printf \"%.$2f\", $1 }"; }

sleep 20 # all have started, and node_exporter has answered once
curl -sf "http://127.0.0.1:$exporter_port/metrics" >"$work/metrics"
say "watching for $minutes minutes"
for who in agent exporter collectd; do
  pid=${who}_pid
  declare "cpu_$who=$(cpu_of "${!pid}")"
done
sent=$(sent_of "$agent_pid") threads=$(threads_of "$agent_pid") files=$(files_of "$agent_pid")
rounds=$((minutes * 60 / interval))
for ((i = 0; i < rounds; i++)); do
  curl -sf --compressed -w '%{size_download}\n' -o "$work/metrics" "http://127.0.0.1:$exporter_port/metrics" >>"$work/scraped"
  sleep "$interval"
done
for who in agent exporter collectd; do
  pid=${who}_pid before=cpu_$who
  declare "used_$who=$(calc "$(cpu_of "${!pid}") - ${!before}" 3)" "rss_$who=$(rss_of "${!pid}")"
done
sent=$(($(sent_of "$agent_pid") - sent)) threads_end=$(threads_of "$agent_pid") files_end=$(files_of "$agent_pid")
samples=$(grep -vc '^#' "$work/metrics")
scraped=$(tail -n 1 "$work/scraped")
IFS=$'\t' read -r allocated agent_samples otlp < <(dotnet "$benchmarks" tick 20)
per_sample() { calc "$1 * 1e6 / ($rounds * $2)" 1; }
agent_cpu=$(per_sample "$used_agent" "$agent_samples") exporter_cpu=$(per_sample "$used_exporter" "$samples")

mkdir -p "$(dirname "$output")"
tee "$output" <<TEXT
# The agent beside node_exporter and collectd

Made by \`bench/agent.sh\` on $(date -u +%F): $minutes minutes, a round every $interval s, all at the same time.
node_exporter $(dpkg-query -W -f '${Version}' prometheus-node-exporter), collectd $(dpkg-query -W -f '${Version}' collectd-core), $(nproc) cores.

| | vigie-agent | node_exporter | collectd | ÷ node_exporter | at least / aim |
|---|---:|---:|---:|---:|---|
| RSS in MB at the end | $(calc "$rss_agent" 1) | $(calc "$rss_exporter" 1) | $(calc "$rss_collectd" 1) | $(calc "$rss_agent / $rss_exporter" 2) | 0.5 / 0.35 |
| samples a round | $agent_samples | $samples | | | |
| CPU seconds | $used_agent | $used_exporter | $used_collectd | $(calc "$used_agent / $used_exporter" 2) | |
| CPU µs a sample delivered | $agent_cpu | $exporter_cpu | | $(calc "$agent_cpu / $exporter_cpu" 2) | 0.5 / 0.25 |
| binary in MB | $(calc "$(stat -c %s "$agent") / 1e6" 2) | $(calc "$(stat -c %s /usr/bin/prometheus-node-exporter) / 1e6" 2) | | | 8 / 5 |
| bytes allocated a round, without sending | $allocated | | | | 0 / 0 |
| bytes on the wire a round | $(calc "$sent / $rounds" 0) | $scraped | | | |
| … a hundred samples | $(calc "$sent / $rounds * 100 / $agent_samples" 0) | $(calc "$scraped * 100 / $samples" 0) | | | 2,000 / 1,000 |
| threads, first and last | $threads, $threads_end | | | | the same |
| open files, first and last | $files, $files_end | | | | the same |

CPU is user and system over the window. node_exporter's bytes are its compressed answers, without headers; the agent's are all that it has
sent over its connection, headers too. collectd has the plugins cpu, memory, swap, df, disk, interface, load, uptime, users and processes,
and writes nowhere.
TEXT
