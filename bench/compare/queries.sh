# Sourced by compare.sh: the questions, asked by HTTP or in Vigie's own process. One to warm up, then the median of five.

asked() { grep -v '^#' "$bench/compare/queries.tsv"; }

ask_http() {
  local key range step query i start extra=''
  # Its cache of answers would make the repetitions a test of the cache.
  [[ $name == victoria ]] && extra='&nocache=1'
  while IFS=$'\t' read -r key range step query; do
    start=$(calc_whole "$end - $(shorter "$range") * 3600")
    for ((i = 0; i < 6; i++)); do
      curl -sf -o "$work/answer.json" -w '%{time_total}\n' "$api/api/v1/query_range" --data-urlencode "query=$query" \
        -d "start=$start&end=$end&step=$step$extra" || fail "$name can't answer $query"
    done >"$work/times.txt"
    put "query_$key" "$(tail -n +2 "$work/times.txt" | sort -g | awk 'NR == 3 { print $1 * 1000 }')"
    put "answer_$key" "$(jq -r '[(.data.result | length), ([.data.result[].values | length] | add)] | join("/")' "$work/answer.json")"
  done < <(asked)
}

# A history that is shorter than the question is asked for as long as it is.
shorter() { awk "BEGIN { print $1 < $hours ? $1 : $hours }"; }
calc_whole() { awk "BEGIN { printf \"%d\", $1 }"; }

ask_vigie() {
  local key storage engine answer
  while IFS=$'\t' read -r key storage engine answer; do
    put "query_$key" "$engine"
    put "storage_$key" "$storage"
    put "answer_$key" "$answer"
  done < <(dotnet "$benchmarks" queries "$folder" --end "$end" --hours "$hours" --list "$bench/compare/queries.tsv")
}
