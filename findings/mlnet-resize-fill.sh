#!/usr/bin/env bash
# ML.NET's ResizeImages filters for two of its three kinds only.
#
# Expected: the resizing kind says what happens to the aspect ratio: IsoPad pads, IsoCrop crops, Fill
#   stretches. A square picture shrunk to a square is the same under all three.
# Seen: IsoPad and IsoCrop (the default) interpolate, Fill takes the nearest pixel. A picture with a
#   white column in every four, shrunk to a quarter of its width, is dark grey (63) under the first
#   two and black (0) under Fill. Nothing in the API chooses the filter.
# Versions: Microsoft.ML and Microsoft.ML.ImageAnalytics 5.0.1, .NET 10. Date: 2026-11-28.
# Source: ML.NET API documentation, ImageResizingEstimator.ResizingKind ("Fill" is described by the
#   aspect ratio alone).
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
using static Microsoft.ML.Transforms.Image.ImageResizingEstimator;

var ml = new MLContext(1);
var pixels = new byte[64 * 64 * 4];
for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i % 4 == 3 || i / 4 % 4 == 0 ? 255 : 0);

var seen = new Dictionary<ResizingKind, byte>();
foreach (var kind in Enum.GetValues<ResizingKind>())
{
    Row[] rows = [new() { Image = MLImage.CreateFromPixels(64, 64, MLPixelFormat.Bgra32, pixels) }];
    var data = ml.Data.LoadFromEnumerable(rows);
    var small = ml.Transforms.ResizeImages("Small", 16, 16, "Image", kind).Fit(data).Transform(data);
    seen[kind] = small.GetColumn<MLImage>("Small").First().Pixels[(8 * 16 + 8) * 4];
    Console.WriteLine($"{kind}: the middle pixel is {seen[kind]}");
}

bool filtered = seen[ResizingKind.IsoPad] is > 32 and < 96 && seen[ResizingKind.IsoCrop] is > 32 and < 96;
return filtered && seen[ResizingKind.Fill] == 0 ? 0 : 1;

class Row
{
    [ImageType(64, 64)]
    public required MLImage Image { get; set; }
}
CS
dotnet run -v q
