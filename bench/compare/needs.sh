# Sourced by compare.sh: what must be there, and what is built.

say() { echo "compare: $*" >&2; }
fail() { echo "compare: $*" >&2; exit 1; }

need_packages() {
  local missing=()
  [[ -x /usr/bin/victoria-metrics ]] || missing+=(victoria-metrics)
  [[ -x /usr/bin/prometheus ]] || missing+=(prometheus)
  command -v curl >/dev/null || missing+=(curl)
  command -v jq >/dev/null || missing+=(jq)
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null \
    || fail "${missing[*]} is missing; install it with: sudo apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  # Debian starts what it installs; here each measurement starts its own.
  local unit
  for unit in victoria-metrics prometheus; do
    systemctl disable --now "$unit" >/dev/null 2>&1 || true
  done
}

build_all() {
  local source=${FLEETLOAD:-$root/../shared/bench/fleetload}
  [[ -d $source ]] || fail "NO FLEETLOAD: it is not in $source. Nothing can be measured without it; name its folder in \$FLEETLOAD."
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
  say "building"
  dotnet build "$source" -c Release -o "$work/fleetload" -v quiet --nologo >"$work/build.log" 2>&1 \
    && dotnet build "$root/src/Vigie.Hub" -c Release -v quiet --nologo >>"$work/build.log" 2>&1 \
    && dotnet build "$root/bench/Vigie.Benchmarks" -c Release -v quiet --nologo >>"$work/build.log" 2>&1 \
    || { cat "$work/build.log" >&2; fail "the build has failed"; }
  fleetload=$work/fleetload/fleetload.dll
  vigie=$root/artifacts/bin/Vigie.Hub/release/vigie.dll
  benchmarks=$root/artifacts/bin/Vigie.Benchmarks/release/Vigie.Benchmarks.dll
}

version_of() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo "not from a package"; }

describe_setup() {
  cat <<TEXT
# Vigie beside VictoriaMetrics and Prometheus

Made by \`bench/compare.sh\` on $(date -u -d "@$end" +%F): $hosts hosts × 52 series × $hours h at 15 s, $runs run(s) of each, medians.
.NET $(dotnet --version), $(nproc) cores, victoria-metrics $(version_of victoria-metrics), prometheus $(version_of prometheus).

TEXT
}
