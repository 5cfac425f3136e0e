#!/usr/bin/env bash
# Compiles the agent and puts it where the hub hands it out to new servers.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
case ${1:-} in
  -h | --help)
    cat <<'TEXT'
usage: packaging/build-agent.sh [FOLDER [ARCH]]
  FOLDER  the hub's data folder with /agents behind it (./vigie-data/agents)
  ARCH    x64 or arm64 (this machine's); the other one needs its compiler, gcc-aarch64-linux-gnu or gcc-x86-64-linux-gnu
TEXT
    exit 0
    ;;
esac
case $(uname -m) in
  x86_64) own=x64 ;;
  aarch64) own=arm64 ;;
  *) own=none ;;
esac
folder=${1:-vigie-data/agents} arch=${2:-$own}
case $arch in
  x64) triple=x86_64-linux-gnu package=gcc-x86-64-linux-gnu ;;
  arm64) triple=aarch64-linux-gnu package=gcc-aarch64-linux-gnu ;;
  none) echo "build-agent: there is no agent for $(uname -m); give x64 or arm64 behind the folder" >&2; exit 1 ;;
  *) echo "build-agent: \"$arch\" is no kind of machine; give x64 or arm64" >&2; exit 1 ;;
esac
compiler=cc
if [[ $arch != "$own" ]]; then compiler=$triple-gcc; else package='gcc zlib1g-dev'; fi
for need in dotnet "$compiler"; do
  command -v "$need" >/dev/null || { echo "build-agent: $need is missing; Debian has it in: dotnet-sdk-10.0 $package" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=()
if [[ $arch != "$own" ]]; then
  # The framework names the target by an option that clang has; a gcc is made for one target, and has none.
  cat >"$work/cc" <<TEXT
#!/usr/bin/env bash
for argument; do [[ \$argument == --target=* ]] || kept+=("\$argument"); done
exec $compiler "\${kept[@]}"
TEXT
  chmod 755 "$work/cc"
  options=("-p:CppCompilerAndLinker=$work/cc" "-p:ObjCopyName=$triple-objcopy")
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet publish "$root/src/Vigie.Agent" -c Release -r "linux-$arch" -v quiet --nologo "${options[@]}"
program=$root/artifacts/publish/Vigie.Agent/release_linux-$arch/vigie-agent
# A runtime that renames what Substitutions.xml leaves out, or a library too many, would make it grow unnoticed.
most=8000000 size=$(stat -c %s "$program")
((size <= most)) || { echo "build-agent: the agent has $size bytes, more than the $most it may have; see what has come in" >&2; exit 1; }
mkdir -p "$folder"
install -m 755 "$program" "$folder/vigie-agent-linux-$arch"
echo "$folder/vigie-agent-linux-$arch"
