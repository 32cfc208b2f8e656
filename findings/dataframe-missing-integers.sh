#!/usr/bin/env bash
# A missing integer of a DataFrame is 0 for ML.NET, and a missing truth value is false.
#
# Expected: DataFrame knows missing values (NullCount, Mean leave them out), and handed to ML.NET as
#   an IDataView it keeps them apart from real ones.
# Seen: float and double give NaN, which ReplaceMissingValues finds. int gives 0 and bool gives false,
#   which nothing downstream can tell from a real 0 or a real "no". Which of the two happens depends
#   on whether a column of a file had a decimal point in it.
# Versions: Microsoft.Data.Analysis 0.23.1, Microsoft.ML 5.0.1, .NET 10. Date: 2026-11-28.
# Source: dotnet/corefxlab pull request 2729, which chose this; the API documentation of DataFrame
#   does not tell it.
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
    <PackageReference Include="Microsoft.Data.Analysis" Version="0.23.1" />
    <PackageReference Include="Microsoft.ML" Version="5.0.1" />
  </ItemGroup>
</Project>
XML

cat > Program.cs <<'CS'
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;

var frame = new DataFrame(
    new Int32DataFrameColumn("Votes", new int?[] { 4, null }),
    new BooleanDataFrameColumn("IsDog", new bool?[] { true, null }),
    new SingleDataFrameColumn("Score", new float?[] { 4, null }));
IDataView view = frame;

int votes = view.GetColumn<int>("Votes").Last();
bool isDog = view.GetColumn<bool>("IsDog").Last();
float score = view.GetColumn<float>("Score").Last();
foreach (var column in frame.Columns)
    Console.WriteLine($"{column.Name} of the frame: {column.NullCount} missing");
Console.WriteLine($"the missing values as ML.NET reads them: Votes {votes}, IsDog {isDog}, Score {score}");
Console.WriteLine($"mean of Votes: {frame["Votes"].Mean()} in the frame, {view.GetColumn<int>("Votes").Average()} in ML.NET's view");

bool missing = frame.Columns.All(column => column.NullCount == 1);
return missing && votes == 0 && !isDog && float.IsNaN(score) ? 0 : 1;
CS
dotnet run -v q
