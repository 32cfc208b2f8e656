#!/usr/bin/env bash
# Parquet.Net does not read lists from data pages of version 2.
#
# Expected: a list of captions is read whatever the version of its pages; both versions have been in
#   the format for over ten years, and Parquet.Net reads plain columns from either.
# Seen: for a list column in pages of version 2, which hyparquet-writer always writes, it throws
#   NotImplementedException without a text, below "failed to read column". The reader of Apache's
#   Rust implementation (as parquet-wasm) reads the same file.
# Versions: Parquet.Net 6.1.0; hyparquet-writer 0.17.0, parquet-wasm 0.8.0, apache-arrow 21.1.0, Node
#   20; .NET 10. Date: 2026-11-28.
# Source: parquet-format, parquet.thrift, DataPageHeaderV2.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  hyparquet-writer@0.17.0 parquet-wasm@0.8.0 apache-arrow@21.1.0 >> npm.log

cat > write.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readParquet } from 'parquet-wasm';
import { tableFromIPC } from 'apache-arrow';

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' };
const files = {
  plain: [['a dog', 'a cat'], [{ name: 'plain', ...text }]],
  list: [[['a dog', 'a pet'], ['a cat']], [
    { name: 'list', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' }, { name: 'element', ...text }]],
};
for (const [name, [data, schema]] of Object.entries(files)) {
  const bytes = new Uint8Array(parquetWriteBuffer({
    columnData: [{ name, data }], schema: [{ name: 'root', num_children: 1 }, ...schema] }));
  writeFileSync(`${name}.parquet`, bytes);
  const rows = tableFromIPC(readParquet(bytes).intoIPCStream()).toArray();
  console.log(`${name}, read by parquet-wasm: ${JSON.stringify(rows.map((row) => row[name]))}`);
}
JS
node write.mjs
cat > look.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <NoWarn>NU1603;NU1902;NU1903</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Parquet.Net" Version="6.1.0" />
  </ItemGroup>
</Project>
XML

cat > Program.cs <<'CS'
using Parquet.Serialization;

var seen = new List<string>();
foreach (string name in new[] { "plain", "list" })
{
    using var file = File.OpenRead($"{name}.parquet");
    try { seen.Add($"{(await ParquetSerializer.DeserializeUntypedAsync(file)).Data.Count} rows"); }
    catch (Exception e) { seen.Add($"{e.GetBaseException().GetType().Name} ({e.Message})"); }
    Console.WriteLine($"{name}, read by Parquet.Net: {seen[^1]}");
}

return seen[0] == "2 rows" && seen[1].StartsWith("NotImplementedException") ? 0 : 1;
CS
dotnet run -v q
