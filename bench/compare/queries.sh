# Sourced by compare.sh: the questions, asked of all by HTTP, and of Vigie in process besides to tell the parts.

asked() { grep -v '^#' "$bench/compare/queries.tsv"; }

# A hundred to warm up, because a just-in-time compiler compiles anew, in the background, what has run thirty times; then the median of five.
warm=100 rounds=5

# Seconds off the samples' grid: a range of Prometheus 2 holds the sample at its very beginning, and one of Prometheus 3 does not.
off=7

ask_http() {
  local key range step query i start extra=''
  # Its cache of answers would make the repetitions a test of the cache.
  [[ $name == victoria ]] && extra='&nocache=1'
  while IFS=$'\t' read -r key range step query; do
    start=$(calc_whole "$end - $(shorter "$range") * 3600 - $off")
    for ((i = 0; i < warm + rounds; i++)); do
      curl -sf -o "$work/$name-$key.json" -w '%{time_total}\n' ${header:+-H "$header"} "$api/api/v1/query_range" \
        --data-urlencode "query=$query" -d "start=$start&end=$((end - off))&step=$step$extra" || fail "$name can't answer $query"
    done >"$work/times.txt"
    put "query_$key" "$(tail -n "$rounds" "$work/times.txt" | sort -g | awk -v n="$rounds" 'NR == int(n / 2) + 1 { print $1 * 1000 }')"
    put "answer_$key" "$(jq -r '[(.data.result | length), ([.data.result[].values | length] | add)] | join("/")' "$work/$name-$key.json")"
  done < <(asked)
}

# A history that is shorter than the question is asked for as long as it is.
shorter() { awk "BEGIN { print $1 < $hours ? $1 : $hours }"; }
calc_whole() { awk "BEGIN { printf \"%d\", $1 }"; }

# In Vigie's own process, over a copy of the stopped hub's folder.
ask_parts() {
  local key storage engine answer
  while IFS=$'\t' read -r key storage engine answer; do
    put "engine_$key" "$engine"
    put "storage_$key" "$storage"
  done < <(dotnet "$benchmarks" queries "$folder" --end "$((end - off))" --hours "$hours" --list "$bench/compare/queries.tsv")
}

# The largest relative difference of Vigie's answers from Prometheus', and how many points only one of them has.
compare_answers() {
  local key rest difference alone
  shape=40 name=vigie
  while IFS=$'\t' read -r key rest; do
    IFS=$'\t' read -r difference alone < <(dotnet "$benchmarks" answers "$work/vigie-$key.json" "$work/prometheus-$key.json")
    put "difference_$key" "$difference"
    put "alone_$key" "$alone"
  done < <(asked)
}
