# Makes the table of what compare.sh has put down: shape, receiver, what, value. Several values of one are several runs.
BEGIN { FS = "\t"; split("victoria vigie prometheus", receivers, " ") }

{ runs[$1, $2, $3]++; value[$1, $2, $3, runs[$1, $2, $3]] = $4 + 0; text[$1, $2, $3] = $4 }

function median(shape, name, what,    n, i, j, t, sorted) {
  n = runs[shape, name, what]
  if (!n) return -1
  for (i = 1; i <= n; i++) sorted[i] = value[shape, name, what, i]
  for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (sorted[j] < sorted[i]) { t = sorted[i]; sorted[i] = sorted[j]; sorted[j] = t }
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# Tells when the runs of one number lie apart.
function watch(shape, name, what,    i, low, high, v) {
  for (i = 1; i <= runs[shape, name, what]; i++) {
    v = value[shape, name, what, i]
    if (i == 1 || v < low) low = v
    if (i == 1 || v > high) high = v
  }
  if (high > 1.15 * low) apart = apart sprintf("- %s, %s, %s: %.4g to %.4g\n", what, name, shape, low, high)
}

function per(a, b) { return a < 0 || b <= 0 ? -1 : a / b }
function show(v, how) { return v < 0 ? "" : sprintf(how, v) }

# One line: Vigie's number beside the others', and what is wanted of the ratio to VictoriaMetrics.
function line(label, how, vigie, victoria, prometheus, target) {
  printf "| %s | %s | %s | %s | %s | %s | %s |\n", label, show(vigie, how), show(victoria, how), show(prometheus, how),
    show(per(vigie, victoria), "%.2f"), show(per(vigie, prometheus), "%.2f"), target
}

function each(label, how, shape, what, scale, target) {
  line(label, how, scaled(shape, "vigie", what, scale), scaled(shape, "victoria", what, scale), scaled(shape, "prometheus", what, scale), target)
}

function scaled(shape, name, what, scale,    m) { watch(shape, name, what); m = median(shape, name, what); return m < 0 ? -1 : m * scale }
function rate(shape, name, what) { watch(shape, name, what); return per(median(shape, name, "sent"), median(shape, name, what)) / 1e6 }
function bytes(shape, name) { return per(median(shape, name, "disk"), median(shape, name, "sent")) }
function series(name, what) { return per(median("fleet", name, what), median("fleet", name, "hosts") * 52) / 1024 }
function less(name, what) {
  return per(median("fleet", name, what) - median("fleet", name, "idle"), median("fleet", name, "hosts") * 52) / 1024
}

END {
  print "| | Vigie | VictoriaMetrics | Prometheus | ÷ VM | ÷ Prometheus | at least / aim |"
  print "|---|---:|---:|---:|---:|---:|---|"
  for (s = 1; s <= 2; s++) {
    shape = s == 1 ? "40" : "1"
    of = s == 1 ? "40 hosts a request" : "one host a request"
    line("M samples per CPU-second, " of, "%.2f", rate(shape, "vigie", "cpu"), rate(shape, "victoria", "cpu"), rate(shape, "prometheus", "cpu"), "÷ VM 1.0 / 1.5")
    line("… until all is packed and stopped", "%.2f", rate(shape, "vigie", "cpu_all"), rate(shape, "victoria", "cpu_all"), rate(shape, "prometheus", "cpu_all"), "")
    each("seconds to take it, " of, "%.1f", shape, "wall", 1, "")
    line("bytes a sample, " of, "%.3f", bytes(shape, "vigie"), bytes(shape, "victoria"), bytes(shape, "prometheus"), "÷ VM 0.90 / 0.80")
    each("peak RSS in MB, " of, "%.0f", shape, "peak", 1 / 1048576, "÷ VM 1.0 / 0.7")
    each("settled RSS in MB, " of, "%.0f", shape, "settled", 1 / 1048576, "")
  }
  if (runs["fleet", "vigie", "hosts"]) {
    n = median("fleet", "vigie", "hosts")
    line("settled RSS per series in KB, " n " hosts", "%.2f", series("vigie", "settled"), series("victoria", "settled"), series("prometheus", "settled"), "2 KB / 1 KB")
    line("… without that of an idle receiver", "%.2f", less("vigie", "settled"), less("victoria", "settled"), less("prometheus", "settled"), "")
    line("peak RSS per series in KB, " n " hosts", "%.2f", series("vigie", "peak"), series("victoria", "peak"), series("prometheus", "peak"), "2 KB / 1 KB")
    line("… without that of an idle receiver", "%.2f", less("vigie", "peak"), less("victoria", "peak"), less("prometheus", "peak"), "")
    each("idle RSS in MB", "%.0f", "fleet", "idle", 1 / 1048576, "")
  }
  if (runs["replay", "vigie", "replay_samples"])
    line("replay after a kill in M samples/s (" sprintf("%.2f", median("replay", "vigie", "replay_samples") / 1e6) " M)", "%.2f",
      per(median("replay", "vigie", "replay_samples"), median("replay", "vigie", "replay_seconds")) / 1e6, -1, -1, "1 M / 3 M")
  split("series host avg topk rate", keys, " ")
  split("one series, 24 h|52 series of a host, 24 h|avg over the fleet, 24 h|topk of avg_over_time, 1 h|sum by host of rate, 24 h", labels, "|")
  for (i = 1; i <= 5; i++) {
    each("query ms: " labels[i], "%.2f", "40", "query_" keys[i], 1, "÷ VM 1.0 / 0.5")
    line("… in process, without HTTP", "%.2f", scaled("40", "vigie", "engine_" keys[i], 1), -1, -1, "")
    line("… of it reading from the store alone", "%.2f", scaled("40", "vigie", "storage_" keys[i], 1), -1, -1, "")
  }
  print ""
  print "Samples are those that were sent; CPU is user and system from the first request until files and CPU are quiet. Bytes: VictoriaMetrics"
  print "after its stop, without its caches; Prometheus' snapshot, the head packed as a block; monitoring.db after `vigie clean`. Queries are the"
  print "median of five when warm, over HTTP on loopback, uncompressed (VictoriaMetrics with nocache)."
  for (s = 1; s <= 2; s++) for (r = 1; r <= 3; r++) checks(s == 1 ? "40" : "1", receivers[r])
  for (i = 1; i <= 5; i++) answers(keys[i])
  for (i = 1; i <= 5; i++)
    if (runs["40", "vigie", "difference_" keys[i]]) {
      if (median("40", "vigie", "difference_" keys[i]) > largest) largest = median("40", "vigie", "difference_" keys[i])
      alone += median("40", "vigie", "alone_" keys[i])
    }
  if (runs["40", "vigie", "difference_series"])
    printf "\nVigie's answers to the five questions and those of Prometheus: the largest relative difference is %.2g (at most 1e-9 is wanted), and %d points are in one of them only.\n", largest, alone
  if (median("40", "prometheus", "wal") >= 0)
    printf "\nPrometheus' write-ahead log and head chunks besides: %.1f MB.\n", median("40", "prometheus", "wal") / 1048576
  print apart == "" ? "\nNo number differs by more than 15 % from run to run." : "\nRuns that differ by more than 15 %:\n\n" apart
}

function checks(shape, name,    i) {
  for (i = 1; i <= runs[shape, name, "sent"]; i++)
    # A hub also stores what it measures itself: a few series for each host, now and then.
    if (value[shape, name, "samples", i] < value[shape, name, "sent", i] \
      || value[shape, name, "samples", i] > value[shape, name, "sent", i] * (name == "vigie" ? 1.001 : 1))
      printf "\n**%s, %s hosts a request: %d samples were sent and %d are stored.**\n", name, shape, value[shape, name, "sent", i], value[shape, name, "samples", i]
}

function answers(key,    r, first) {
  for (r = 1; r <= 3; r++) {
    if (!(("40", receivers[r], "answer_" key) in text)) continue
    if (first == "") first = text["40", receivers[r], "answer_" key]
    else if (text["40", receivers[r], "answer_" key] != first)
      printf "\nThe answers to %s differ: %s series/points from %s, %s from the first.\n", key, text["40", receivers[r], "answer_" key], receivers[r], first
  }
}
