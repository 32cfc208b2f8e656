#!/usr/bin/env bash
# One half-precision column makes a whole file unreadable for Parquet.Net.
#
# Expected: embeddings are often stored as FLOAT16, a logical type of the format since version 2.10
#   (2023). A reader that lacks the type shows the two raw bytes, or at least reads the other columns.
# Seen: asking for the file's schema throws "type System.Half is not supported": Parquet.Net maps the
#   type to System.Half and then refuses its own mapping. No column can be read, not even the ids.
# Versions: Parquet.Net 6.1.0; hyparquet-writer 0.17.0 writes the file, Node 20; .NET 10.
# Date: 2026-11-28.
# Source: parquet-format, LogicalTypes.md, section FLOAT16 (physical type: fixed length of 2 bytes).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error hyparquet-writer@0.17.0 >> npm.log

cat > write.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';

const id = { name: 'id', data: ['a', 'b'], type: 'STRING' };
for (const type of ['FLOAT', 'FLOAT16'])
  writeFileSync(`${type}.parquet`,
    Buffer.from(parquetWriteBuffer({ columnData: [id, { name: 'score', data: [0.5, 1.5], type }] })));
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
using Parquet;

async Task<string> Schema(string type)
{
    using var file = File.OpenRead($"{type}.parquet");
    await using var reader = await ParquetReader.CreateAsync(file);
    try
    {
        return string.Join(", ", reader.Schema.GetDataFields().Select(field => field.Name));
    }
    catch (NotSupportedException e)
    {
        return $"throws: {e.Message}";
    }
}

string single = await Schema("FLOAT");
string half = await Schema("FLOAT16");
Console.WriteLine($"columns of a file with ids and FLOAT scores:   {single}");
Console.WriteLine($"columns of a file with ids and FLOAT16 scores: {half}");
return single == "id, score" && half.StartsWith("throws", StringComparison.Ordinal) ? 0 : 1;
CS
dotnet run -v q
