# Sourced by compare.sh: how each receiver is started in an empty folder, stopped, and what it has stored.
# Each start leaves pid, url (to write to), api (to ask) and header.

# The command runs in the background; its process number is in pid.
launch() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 &
  pid=$!
  started+=("$pid")
}

wait_for() {
  local what=$1 i
  for ((i = 0; i < 300; i++)); do
    if eval "$what" >/dev/null 2>&1; then return; fi
    kill -0 "$pid" 2>/dev/null || { tail -n 20 "$folder.log" >&2; fail "$name has ended instead of starting"; }
    sleep 0.1
  done
  tail -n 20 "$folder.log" >&2
  fail "$name does not become ready"
}

start_victoria() {
  local port
  port=$(free_port)
  launch "$folder.log" victoria-metrics -storageDataPath "$folder" -httpListenAddr "127.0.0.1:$port" -loggerLevel WARN
  api=http://127.0.0.1:$port url=http://127.0.0.1:$port/api/v1/write header=''
  wait_for "curl -sf $api/health"
}

start_prometheus() {
  local port
  port=$(free_port)
  mkdir -p "$folder"
  # It scrapes nothing. The samples come in order and end now, so an empty head takes them all: no out-of-order window is needed.
  printf 'global:\n  scrape_interval: 1h\n' >"$folder.yml"
  launch "$folder.log" prometheus --config.file="$folder.yml" --storage.tsdb.path="$folder" --web.listen-address="127.0.0.1:$port" \
    --web.enable-remote-write-receiver --web.enable-admin-api --log.level=warn
  api=http://127.0.0.1:$port url=http://127.0.0.1:$port/api/v1/write header=''
  wait_for "curl -sf $api/-/ready"
}

start_vigie() {
  local port
  port=$(free_port)
  if [[ ! -d $folder ]]; then
    dotnet "$vigie" init --data "$folder" >"$folder.log"
    token=$(dotnet "$vigie" token create --name bench --scope admin --data "$folder" --json | jq -r .token)
  fi
  # Nothing from outside while it is measured.
  VIGIE_Feeds__CertFr__Enabled=false launch "$folder.log" dotnet "$vigie" hub --data "$folder" --urls "http://127.0.0.1:$port"
  api=http://127.0.0.1:$port url=http://127.0.0.1:$port/api/v1/write header="Authorization: Bearer $token"
  wait_for "grep -q '^ready ' '$folder.log'"
}

# Stops in good order; stop_cpu is the CPU time of the whole process, its stop included.
stop_receiver() {
  local before after
  times >"$work/times"
  before=$(children_seconds)
  kill -TERM "$pid"
  wait "$pid" || true
  times >"$work/times"
  after=$(children_seconds)
  stop_cpu=$(calc "$after - $before")
}

# The second line of bash's times is that of the children it has waited for.
children_seconds() {
  awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += t[1] * 60 + t[2] } print sum }' "$work/times"
}

bytes_of() { find "$@" -type f -printf '%s\n' 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }

# Samples that a question finds, and the bytes that hold them once everything is flushed. After stop_receiver.
stored_victoria() { put disk "$(bytes_of "$folder/data" "$folder/indexdb")"; }

stored_prometheus() {
  put disk "$snapshot_bytes"
  put wal "$(bytes_of "$folder/wal" "$folder/chunks_head")"
}

stored_vigie() {
  local report before after
  times >"$work/times"
  before=$(children_seconds)
  dotnet "$vigie" clean --data "$folder" >>"$folder.log"
  times >"$work/times"
  after=$(children_seconds)
  stop_cpu=$(calc "$stop_cpu + $after - $before")
  report=$(dotnet "$vigie" verify --data "$folder" --json)
  put disk "$(bytes_of "$folder"/monitoring.db*)"
  put series "$(jq -r .series <<<"$report")"
  put samples "$(jq -r .samples <<<"$report")"
}

# Before the stop, while it answers.
counted() {
  local question='sum(count_over_time({job="fleet"}['"$(calc "int($hours) + 2")"'h]))' snapshot
  case $name in
    prometheus)
      # The blocks as they would be with the head packed as well; the write-ahead log is told apart.
      snapshot=$folder/snapshots/$(curl -sf -X POST "$api/api/v1/admin/tsdb/snapshot" | jq -r .data.name)
      snapshot_bytes=$(bytes_of "$snapshot")
      put samples "$(jq -s 'map(.stats.numSamples) | add' "$snapshot"/*/meta.json)"
      ;;
    victoria)
      put samples "$(curl -sf "$api/api/v1/query" --data-urlencode "query=$question" -d "time=$end&nocache=1" \
        | jq -r '.data.result[0].value[1]')"
      ;;
  esac
}
