# Sourced by compare.sh: CPU time, memory, and when a receiver has come to rest.

calc() { awk "BEGIN { printf \"%.6g\", $1 }"; }

# A result: what was measured, by whom and in which shape.
put() { printf '%s\t%s\t%s\t%s\n' "$shape" "$name" "$1" "$2" >>"$results"; }

ticks=$(getconf CLK_TCK)
cpu_of() { sed 's/.*) //' "/proc/$1/stat" | awk -v t="$ticks" '{ print ($12 + $13) / t }'; }
memory_of() { awk -v key="$2:" '$1 == key { print $2 * 1024 }' "/proc/$1/status"; }

# Waits until CPU and files are quiet for some seconds; two minutes at most, and that is said.
settle() {
  local quiet=0 need=6 i cpu size last_cpu last_size
  # Prometheus looks once a minute whether its head should become a block.
  [[ $name == prometheus ]] && awk "BEGIN { exit !($hours >= 3 && $shape != \"fleet\") }" && need=65
  last_cpu=$(cpu_of "$pid") last_size=$(bytes_of "$folder")
  for ((i = 0; i < 120 + need && quiet < need; i++)); do
    sleep 1
    cpu=$(cpu_of "$pid") size=$(bytes_of "$folder")
    if awk "BEGIN { d = $size - $last_size; exit !($cpu - $last_cpu < 0.05 && d * d < 4e9) }"; then
      quiet=$((quiet + 1))
    else
      quiet=0
    fi
    last_cpu=$cpu last_size=$size
  done
  ((quiet >= need)) || say "$name did not come to rest"
}

# What fleetload prints: sent samples, failures and time.
load() {
  dotnet "$fleetload" "$url" --hosts "$1" --hours "$2" --hosts-per-request "$3" --end "$end" ${header:+--header "$header"} \
    >"$work/load.txt" || { cat "$work/load.txt" >&2; fail "$name refuses what fleetload sends"; }
}

sent() { awk -v key="$1" '{ for (i = 1; i < NF; i++) if ($i == key) print $(i + 1) }' "$work/load.txt"; }

measure_ingest() {
  name=$1 shape=$2
  local run=$3 ask=$4 before
  folder=$work/$name-$shape-$run
  "start_$name"
  before=$(cpu_of "$pid")
  load "$hosts" "$hours" "$shape"
  put sent "$(sent samples)"
  put requests "$(sent requests)"
  put wall "$(sent wall_s)"
  settle
  put cpu "$(calc "$(cpu_of "$pid") - $before")"
  put peak "$(memory_of "$pid" VmHWM)"
  put settled "$(memory_of "$pid" VmRSS)"
  counted
  if ((ask)); then ask_http; fi
  stop_receiver
  "stored_$name"
  put cpu_all "$(calc "$stop_cpu - $before")"
  if ((ask)) && [[ $name == vigie ]]; then ask_parts; fi
  ((keep)) || rm -rf "$folder"
}

# Many hosts for a short time: what a series costs in memory.
measure_fleet() {
  name=$1 shape=fleet folder=$work/$name-fleet
  "start_$name"
  sleep 5
  put idle "$(memory_of "$pid" VmRSS)"
  load "$fleet_hosts" 0.25 40
  put hosts "$fleet_hosts"
  settle
  put peak "$(memory_of "$pid" VmHWM)"
  put settled "$(memory_of "$pid" VmRSS)"
  stop_receiver
  ((keep)) || rm -rf "$folder"
}

# Killed while samples come, when the journal is nearly as long as it gets: what the next start has to read.
measure_replay() {
  name=vigie shape=replay folder=$work/vigie-replay
  # Sealing begins at two million samples, so all of these are still in the journal when the second load begins.
  local most=1400000 loader last=$end line
  start_vigie
  end=$((last - 86400))
  load "$hosts" "$(calc "$most / ($hosts * 52 * 240)")" 40
  end=$last
  dotnet "$fleetload" "$url" --hosts "$hosts" --hours 24 --end "$end" --header "$header" >/dev/null 2>&1 &
  loader=$!
  started+=("$loader")
  sleep 0.5
  kill -9 "$pid"
  kill -9 "$loader" 2>/dev/null || true
  wait "$pid" "$loader" 2>/dev/null || true
  line=$(dotnet "$benchmarks" replay "$folder")
  put replay_samples "$(cut -f1 <<<"$line")"
  put replay_seconds "$(cut -f2 <<<"$line")"
  ((keep)) || rm -rf "$folder"
}
