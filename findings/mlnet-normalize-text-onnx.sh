#!/usr/bin/env bash
# ML.NET's NormalizeText is "exportable to ONNX", but not with its default arguments.
#
# Expected: the documentation's table for the estimator says "Exportable to ONNX: Yes", so that a
#   pipeline of NormalizeText alone can be converted.
# Seen: with the default arguments the conversion throws, and the message names neither the step nor
#   the reason. It works with keepDiacritics: true only.
# Versions: Microsoft.ML 5.0.1, Microsoft.ML.OnnxConverter 0.23.1, .NET 10. Date: 2026-11-28.
# Source: ML.NET API documentation, TextNormalizingEstimator, table "Estimator Characteristics".
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
    <PackageReference Include="Microsoft.ML.OnnxConverter" Version="0.23.1" />
  </ItemGroup>
</Project>
XML

cat > Program.cs <<'CS'
using Microsoft.ML;

var ml = new MLContext(1);
Row[] rows = [new() { Text = "A Dog." }];
var data = ml.Data.LoadFromEnumerable(rows);

bool Converts(string name, IEstimator<ITransformer> estimator)
{
    using var stream = new MemoryStream();
    try
    {
        ml.Model.ConvertToOnnx(estimator.Fit(data), data, stream);
        Console.WriteLine($"{name}: converted, {stream.Length} bytes");
        return true;
    }
    catch (InvalidOperationException e)
    {
        Console.WriteLine($"{name}: throws: {e.Message}");
        return false;
    }
}

bool usual = Converts("NormalizeText, default arguments", ml.Transforms.Text.NormalizeText("Out", "Text"));
bool kept = Converts("NormalizeText, keepDiacritics: true", ml.Transforms.Text.NormalizeText("Out", "Text", keepDiacritics: true));
return !usual && kept ? 0 : 1;

class Row
{
    public required string Text { get; set; }
}
CS
dotnet run -v q
