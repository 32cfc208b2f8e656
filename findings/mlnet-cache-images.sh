#!/usr/bin/env bash
# ML.NET's Data.Cache drops image columns without a word.
#
# Expected: Data.Cache returns the same data, held in memory; what cannot be held is passed through
#   or refused.
# Seen: the MLImage column is gone from the schema of the result; no exception, and no message of any
#   level at MLContext.Log names it. The next transform then complains that the column never existed.
#   Model.Save drops such a column from the schema that it stores, too, but logs a line that says so.
# Versions: Microsoft.ML and Microsoft.ML.ImageAnalytics 5.0.1, .NET 10. Date: 2026-11-28.
# Source: ML.NET API documentation, DataOperationsCatalog.Cache and ModelOperationsCatalog.Save.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
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
    <PackageReference Include="Microsoft.ML" Version="5.0.1" />
    <PackageReference Include="Microsoft.ML.ImageAnalytics" Version="5.0.1" />
    <PackageReference Include="SkiaSharp.NativeAssets.Linux.NoDependencies" Version="2.88.9" />
  </ItemGroup>
</Project>
XML

cat > Program.cs <<'CS'
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

var ml = new MLContext(1);
int named = 0;
ml.Log += (_, e) => named += e.Message.Contains("Picture") ? 1 : 0;

Row[] rows = [new() { Id = 1, Picture = MLImage.CreateFromPixels(2, 2, MLPixelFormat.Bgra32, new byte[16]) }];
var data = ml.Data.LoadFromEnumerable(rows);
string Names(DataViewSchema schema) => string.Join(", ", schema.Select(column => column.Name));

string before = Names(data.Schema);
var cached = ml.Data.Cache(data);
cached.Preview(1);
int byCache = named;
using var stream = new MemoryStream();
ml.Model.Save(ml.Transforms.CopyColumns("Copy", "Id").Fit(data), data.Schema, stream);
int bySave = named - byCache;

Console.WriteLine($"columns before Data.Cache: {before}; after: {Names(cached.Schema)}");
Console.WriteLine($"messages that name the lost column: {byCache} from Data.Cache, {bySave} from Model.Save");
return before == "Id, Picture" && Names(cached.Schema) == "Id" && byCache == 0 && bySave > 0 ? 0 : 1;

class Row
{
    public float Id { get; set; }

    [ImageType(2, 2)]
    public required MLImage Picture { get; set; }
}
CS
dotnet run -v q
