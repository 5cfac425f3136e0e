#!/usr/bin/env bash
# Compiles the agent for this kind of machine and puts it where the hub hands it out to new servers.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
case ${1:-} in
  -h | --help)
    echo "usage: packaging/build-agent.sh [FOLDER]   FOLDER: the hub's data folder with /agents behind it (./vigie-data/agents)"
    exit 0
    ;;
esac
folder=${1:-vigie-data/agents}
for need in dotnet cc; do
  command -v "$need" >/dev/null || { echo "build-agent: $need is missing; Debian has it in: dotnet-sdk-10.0 gcc zlib1g-dev" >&2; exit 1; }
done
case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) echo "build-agent: there is no agent for $(uname -m)" >&2; exit 1 ;;
esac
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet publish "$root/src/Vigie.Agent" -c Release -r "linux-$arch" -v quiet --nologo
program=$root/artifacts/publish/Vigie.Agent/release_linux-$arch/vigie-agent
# A runtime that renames what Substitutions.xml leaves out, or a library too many, would make it grow unnoticed.
most=8000000 size=$(stat -c %s "$program")
((size <= most)) || { echo "build-agent: the agent has $size bytes, more than the $most it may have; see what has come in" >&2; exit 1; }
mkdir -p "$folder"
install -m 755 "$program" "$folder/vigie-agent-linux-$arch"
echo "$folder/vigie-agent-linux-$arch"
