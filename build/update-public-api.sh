#!/usr/bin/env bash
# Writes src/VlmMlNet/PublicAPI.Unshipped.txt anew from the public types and members of the library, less those of
# PublicAPI.Shipped.txt. Run it after a change of the public API, and read the difference before committing it.
set -euo pipefail
cd "$(dirname "$0")/../src/VlmMlNet"
echo '#nullable enable' > PublicAPI.Unshipped.txt
log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build --no-incremental -tl:off -p:TreatWarningsAsErrors=false -p:WarningsNotAsErrors=RS0016 > "$log" || { cat "$log"; exit 1; }
sed -n "s/.*warning RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" "$log" | LC_ALL=C sort -u >> PublicAPI.Unshipped.txt
wc -l PublicAPI.Unshipped.txt
