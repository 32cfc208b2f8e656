using System.Globalization;
using System.Text.RegularExpressions;
using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Lora;

/// <summary>Which layers of a module have an adapter, by the rules of PEFT: a list holds names and ends of names, a text alone is a
/// regular expression of the whole name or <see cref="LoraOptions.AllLinear"/>.</summary>
internal sealed record LoraTargets
{
    private const string OutputLayer = "lm_head";
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    /// <summary>Names and ends of names; null where there is a <see cref="Pattern"/>.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>A regular expression, or all linear layers.</summary>
    public string? Pattern { get; init; }

    /// <summary>Names and ends of names that are left out.</summary>
    public IReadOnlyList<string> ExcludedNames { get; init; } = [];

    /// <summary>A regular expression of names that are left out.</summary>
    public string? ExcludedPattern { get; init; }

    /// <summary>Numbers of the layers of a stack that are meant, where names are given; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Names of the stack that <see cref="Layers"/> counts in; empty for any.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    private bool IsAllLinear => Pattern == LoraOptions.AllLinear || Names is [LoraOptions.AllLinear];

    /// <summary>The layers of a module, with their names.</summary>
    /// <exception cref="ArgumentException">There is none, or one is not linear; or a pattern is no regular expression.</exception>
    public IReadOnlyList<(string Name, LinearLayer Layer)> Find(nn.Module module)
    {
        var found = new List<(string, LinearLayer)>();
        foreach (var (name, child) in module.named_modules())
        {
            if (!IsMatch(name, child))
                continue;
            if (child is not LinearLayer layer)
                throw new ArgumentException($"'{name}' is no linear layer, and only those can have an adapter.");
            found.Add((name, layer));
        }
        return found.Count > 0 ? found : throw new ArgumentException($"{Describe()} is no linear layer of the model.");
    }

    /// <summary>The targets in a message.</summary>
    public string Describe() => Pattern is null ? string.Join(", ", Names!.Select(name => $"'{name}'")) : $"'{Pattern}'";

    /// <summary>Searches for a regular expression; the search is given up in time.</summary>
    /// <exception cref="ArgumentException">It is none, or takes too long.</exception>
    public static Match Match(string pattern, string name)
    {
        try
        {
            // Python's way to write a named group.
            return Regex.Match(name, pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.CultureInvariant, s_longest);
        }
        catch (RegexParseException e)
        {
            throw new ArgumentException($"a pattern is no regular expression: {e.Message}", e);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ArgumentException($"'{pattern}' takes too long as a regular expression.", e);
        }
    }

    private bool IsMatch(string name, nn.Module child)
    {
        if (name.Length == 0 || IsNamed(name, ExcludedNames) || (ExcludedPattern is not null && IsWhole(ExcludedPattern, name)))
            return false;
        if (IsAllLinear)
            return child is LinearLayer && name != OutputLayer;
        if (Pattern is not null)
            return IsWhole(Pattern, name);
        return Names!.Contains(name) || (IsNamed(name, Names!) && IsInLayers(name));
    }

    private bool IsInLayers(string name)
    {
        if (Layers is null || Layers.Count == 0)
            return true;
        IEnumerable<string> stacks = Stacks.Count == 0 ? ["[^.]*"] : Stacks;
        var number = stacks.Select(stack => Match($@"^.*\.{stack}\.(\d+)\.", name)).FirstOrDefault(match => match.Success);
        return number is not null && int.TryParse(number.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && Layers.Contains(layer);
    }

    private static bool IsNamed(string name, IReadOnlyList<string> names) => names.Any(end => name == end || name.EndsWith('.' + end, StringComparison.Ordinal));

    private static bool IsWhole(string pattern, string name) => Match($@"^(?:{pattern})\z", name).Success;
}
