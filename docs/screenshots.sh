#!/usr/bin/env bash
# Takes the pictures of the README from a hub with made-up hosts: docs/screenshots.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath -m "${1:-docs/pictures}")
mkdir -p "$folder"
dotnet build tests/Vigie.Tests --nologo -v quiet
VIGIE_SCREENSHOTS=$folder artifacts/bin/Vigie.Tests/debug/Vigie.Tests -method '*Pictures_of_the_pages'
ls "$folder"
