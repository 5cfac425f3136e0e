#!/usr/bin/env bash
# Runs the agent for hours at rounds of one second against a hub of its own, and tells whether its memory, threads and open files stay
# what they are. Writes a line every minute, and the verdict at the end; exits with 1 when something grows.
set -euo pipefail
bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")

usage() {
  cat <<'TEXT'
usage: bench/agent-soak.sh [--minutes 120] [--interval 1] [--agent FILE]
  --minutes   how long it is watched
  --interval  seconds between two rounds
  --agent     the program, if it is built already
TEXT
}

minutes=120 interval=1 agent=
while (($#)); do
  case $1 in
    --minutes) minutes=$2; shift ;;
    --interval) interval=$2; shift ;;
    --agent) agent=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
command -v jq >/dev/null || { echo "agent-soak: jq is missing; Debian has it in: jq" >&2; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/vigie-agent-soak.XXXXXX")
started=()
finish() {
  kill "${started[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
vigie=$root/artifacts/bin/Vigie.Hub/release/vigie.dll
[[ -e $vigie ]] || dotnet build "$root/src/Vigie.Hub" -c Release -v quiet --nologo >"$work/build.log"
[[ -n $agent ]] || agent=$("$root/packaging/build-agent.sh" "$work/agents" | tail -n 1)
source "$bench/ports.sh"
port=$(free_port)
dotnet "$vigie" init --data "$work/hub" >/dev/null
dotnet "$vigie" token create --name soak --scope admin --data "$work/hub" --json | jq -r .token >"$work/token"
VIGIE_Feeds__CertFr__Enabled=false dotnet "$vigie" hub --data "$work/hub" --urls "http://127.0.0.1:$port" >"$work/hub.log" 2>&1 &
started+=($!)
for ((i = 0; i < 300; i++)); do grep -q '^ready ' "$work/hub.log" && break; sleep 0.1; done
"$agent" --hub "http://127.0.0.1:$port" --token-file "$work/token" --name soak --interval "${interval}s" --spool "$work/spool" 2>"$work/agent.log" &
pid=$!
started+=("$pid")

read_state() {
  rss=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status") threads=$(awk '$1 == "Threads:" { print $2 }' "/proc/$pid/status")
  files=$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l)
}

sleep 150 # the start is over, and every kind of document has gone out once
read_state
first_rss=$rss first_threads=$threads first_files=$files
printf '%8s %8s %8s %8s\n' minute 'RSS kB' threads files
for ((minute = 0; minute <= minutes; minute++)); do
  ((minute == 0)) || sleep 60
  kill -0 "$pid" 2>/dev/null || { echo "agent-soak: the agent has ended: $(tail -n 3 "$work/agent.log")" >&2; exit 1; }
  read_state
  printf '%8d %8d %8d %8d\n' "$minute" "$rss" "$threads" "$files"
done

# Threads of the runtime's pool come and go; a leak would show as more than the two that a minute's work may wake.
grown=()
((rss <= first_rss + first_rss / 20)) || grown+=("memory from $first_rss to $rss kB")
((threads <= first_threads + 2)) || grown+=("threads from $first_threads to $threads")
((files <= first_files)) || grown+=("open files from $first_files to $files")
if ((${#grown[@]})); then
  printf 'not flat: %s\n' "${grown[@]}"
  exit 1
fi
echo "flat: $first_rss to $rss kB, $first_threads to $threads threads, $first_files to $files open files in $minutes minutes"
