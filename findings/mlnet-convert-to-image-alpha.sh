#!/usr/bin/env bash
# ML.NET's ConvertToImage makes transparent pictures as soon as it is given a scale or an offset.
#
# Expected: a vector with three colours and no alpha becomes an opaque picture: the parameter
#   defaultAlpha is 255 and fills the channel that the vector lacks.
# Seen: so it is with scaleImage 1 and offsetImage 0. With any other scale or offset, such as the 255
#   that undoes a division by 255, alpha is 0: the right colours, wholly transparent, so that what
#   composites or re-encodes the picture later shows nothing of it.
# Versions: Microsoft.ML and Microsoft.ML.ImageAnalytics 5.0.1, .NET 10. Date: 2026-11-28.
# Source: ML.NET API documentation, ImageEstimatorsCatalog.ConvertToImage, parameters defaultAlpha,
#   scaleImage and offsetImage.
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

var ml = new MLContext(1);

(byte Colour, byte Alpha) Look(float value, float scale, float offset)
{
    Row[] rows = [new() { Pixels = [.. Enumerable.Repeat(value, 12)] }];
    var data = ml.Data.LoadFromEnumerable(rows);
    var picture = ml.Transforms.ConvertToImage(2, 2, "Picture", "Pixels", scaleImage: scale, offsetImage: offset)
        .Fit(data).Transform(data).GetColumn<MLImage>("Picture").First();
    var pixels = picture.Pixels;
    Console.WriteLine($"scale {scale}, offset {offset}, values {value}: colour {pixels[0]}, alpha {pixels[3]}");
    return (pixels[0], pixels[3]);
}

var plain = Look(128, 1, 0);
var scaled = Look(0.5f, 255, 0);
var shifted = Look(0, 1, -128);
return plain == (128, 255) && scaled.Colour is 127 or 128 && scaled.Alpha == 0 && shifted == (128, 0) ? 0 : 1;

class Row
{
    [VectorType(12)]
    public required float[] Pixels { get; set; }
}
CS
dotnet run -v q
