#!/usr/bin/env bash
# BpeTokenizer of Microsoft.ML.Tokenizers: whether special tokens are found depends on two other things.
#
# Expected: the tokens given as specialTokens are found in the text, and where one begins another, the
#   longer is taken, as the reference implementation of tokenizer.json does.
# Seen: without a pre-tokenizer they are not found at all: "<i>" falls to pieces. With one that was
#   given the same dictionary they are found, but of overlapping ones the first in the dictionary's
#   order wins: with "<i>" before "<i>x" the longer can never be found.
# Versions: Microsoft.ML.Tokenizers 2.0.1, .NET 10. Date: 2026-11-28.
# Source: ML.NET API documentation, BpeTokenizer.Create (the pre-tokenizer is optional, and no order
#   of special tokens is mentioned) and PreTokenizer.CreateWhiteSpace.
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
    <PackageReference Include="Microsoft.ML.Tokenizers" Version="2.0.1" />
  </ItemGroup>
</Project>
XML

cat > Program.cs <<'CS'
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

string letters = "abcdefghijklmnopqrstuvwxyz<>";
var vocabulary = letters.Select((letter, id) => (letter, id)).ToDictionary(pair => pair.letter.ToString(), pair => pair.id);

string Look(bool withPreTokenizer, params (string Token, int Id)[] tokens)
{
    var special = tokens.ToDictionary(token => token.Token, token => token.Id);
    var tokenizer = BpeTokenizer.Create(
        new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(vocabulary)),
        new MemoryStream(Encoding.UTF8.GetBytes("#version: 0.2\n")),
        withPreTokenizer ? PreTokenizer.CreateWhiteSpace(special) : null,
        specialTokens: special);
    string seen = string.Join(' ', tokenizer.EncodeToTokens("a<i>xb", out _).Select(token => token.Value));
    Console.WriteLine($"special tokens {string.Join(", ", special.Keys)}; pre-tokenizer {withPreTokenizer}: {seen}");
    return seen;
}

string without = Look(false, ("<i>x", 101), ("<i>", 100));
string longerFirst = Look(true, ("<i>x", 101), ("<i>", 100));
string shorterFirst = Look(true, ("<i>", 100), ("<i>x", 101));
return without == "a < i > x b" && longerFirst == "a <i>x b" && shorterFirst == "a <i> x b" ? 0 : 1;
CS
dotnet run -v q
