#!/usr/bin/env bash
# ML.NET's image transforms dispose the caller's own pictures: such data can be read once.
#
# Expected: a data view over a list of objects can be read as often as one likes, as with every other
#   column type: a Fit reads it, a Transform reads it, cross-validation reads it per fold.
# Seen: ExtractPixels disposes the MLImage that it was given, which is the one in the caller's list.
#   The second read throws "Object is disposed". ResizeImages to another size leaves the picture
#   alone, and so does plain reading of the column.
# Versions: Microsoft.ML and Microsoft.ML.ImageAnalytics 5.0.1, .NET 10. Date: 2026-11-28.
# Source: dotnet/machinelearning pull request 3328 (where image transforms began to dispose their
#   input; a reviewer asks who owns it), issue 7444 (a case of ResizeImages).
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

bool Survives(string name, Func<IDataView, IDataView> read)
{
    Row[] rows = [new() { Image = MLImage.CreateFromPixels(2, 2, MLPixelFormat.Bgra32, new byte[16]) }];
    var data = read(ml.Data.LoadFromEnumerable(rows));
    data.Preview(1);
    try
    {
        data.Preview(1);
        Console.WriteLine($"{name}: read twice, the list's picture is {rows[0].Image.Width} pixels wide");
        return true;
    }
    catch (Exception e) when (e.GetBaseException() is InvalidOperationException inner)
    {
        Console.WriteLine($"{name}: the second read throws: {inner.Message}");
        return false;
    }
}

bool plain = Survives("the data itself", data => data);
bool resized = Survives("ResizeImages", data => ml.Transforms.ResizeImages("Out", 4, 4, "Image").Fit(data).Transform(data));
bool pixels = Survives("ExtractPixels", data => ml.Transforms.ExtractPixels("Out", "Image").Fit(data).Transform(data));
return plain && resized && !pixels ? 0 : 1;

class Row
{
    [ImageType(2, 2)]
    public required MLImage Image { get; set; }
}
CS
dotnet run -v q
