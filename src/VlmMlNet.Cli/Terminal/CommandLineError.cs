using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace VlmMlNet.Cli.Terminal;

/// <summary>What is wrong with a command line, in its own words: the option, the value, and what is expected.</summary>
internal static partial class CommandLineError
{
    /// <summary>The first cause; null where nothing is wrong. A misspelt word comes first: what is missing follows from it.</summary>
    public static string? Find(ParseResult result)
    {
        var command = result.CommandResult.Command;
        bool isGroup = command is { Action: null, Subcommands.Count: > 0 };
        string? problem = isGroup && result.UnmatchedTokens is [var name, ..] && !OptionLike().IsMatch(name) ? Unmatched(command, name)
            : Misspelt(result) is { } option ? $"There is no option '{option}'.{Suggestion.For(option, Options(result.CommandResult))}"
            : result.UnmatchedTokens is [var word, ..] ? Unmatched(command, word)
            : Empty(result) is { } empty ? $"{empty} is empty."
            : result.Errors.Select(Valueless).FirstOrDefault(found => found is not null) is { } valueless ? valueless
            : result.Errors.All(error => error.SymbolResult is not OptionResult { Tokens.Count: > 0 }) && Missing(result.CommandResult) is [.. var first, var last]
                ? $"{(first.Length == 0 ? last : $"{string.Join(", ", first)} and {last}")} {(first.Length == 0 ? "is" : "are")} missing."
            : result.Errors.Count > 0 ? Describe(result.Errors[0])
            : null;
        return problem is null ? null : $"{problem} See '{Path(result.CommandResult)} --help'.";
    }

    /// <summary>Whether nothing is wrong but that the command does nothing without one of its own commands.</summary>
    public static bool LacksCommand(ParseResult result) =>
        result.CommandResult.Command is { Action: null, Subcommands.Count: > 0 } && result.UnmatchedTokens.Count == 0 && Misspelt(result) is null;

    // What looks like an option that does not exist is taken for a picture or a question, unless "--" stands before it.
    private static string? Misspelt(ParseResult result)
    {
        string[] asArguments = [.. result.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Select(t => t.Value)];
        var words = result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Where(word => !File.Exists(word));
        return words.Concat(result.UnmatchedTokens).Where(word => OptionLike().IsMatch(word) && !asArguments.Contains(word)).Select(word => word.Split('=')[0]).FirstOrDefault();
    }

    // What a script's unset variable leaves. Only a text to stop at may be a blank.
    private static string? Empty(ParseResult result)
    {
        foreach (var symbol in result.CommandResult.Children)
        {
            if (symbol.Tokens.Any(t => t.Value.Length == 0 || (string.IsNullOrWhiteSpace(t.Value) && symbol is ArgumentResult)))
                return symbol is OptionResult { Option.ValueType: var type } option ? (IsText(type) ? option.Option.Name : null) : (symbol as ArgumentResult)?.Argument.Name;
        }
        return null;
    }

    private static string? Valueless(ParseError error) => error.SymbolResult is OptionResult { Tokens.Count: 0, Implicit: false, Option: var option }
        ? $"{option.Name} lacks its value{(option.HelpName is { } value ? $", {value}" : "")}." : null;

    // By their names: arguments first, in the order in which they are written.
    private static string[] Missing(CommandResult result) =>
    [
        .. result.Command.Arguments.Where(a => (result.GetResult(a)?.Tokens.Count ?? 0) < a.Arity.MinimumNumberOfValues).Select(a => a.Name),
        .. result.Command.Options.Where(o => o.Required && result.GetResult(o) is not { Implicit: false }).Select(o => o.Name),
    ];

    private static bool IsText(Type type) => type == typeof(string) || type == typeof(string[]);

    private static string Unmatched(Command command, string word) =>
        command.Subcommands.Count > 0 && command.Arguments.Count == 0 ? $"There is no command '{word}'.{Suggestion.For(word, command.Subcommands.Select(c => c.Name))}"
        : $"'{word}' is one argument too many.";

    private static string Describe(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Option.Name: var name, Tokens: [.., { Value: var value }] })
            return error.Message;
        if (error.Message.Contains("Must be one of", StringComparison.Ordinal))
        {
            string[] allowed = [.. Quoted().Matches(error.Message).Select(m => m.Groups[1].Value).Skip(1)];
            return $"{name} '{value}' is none of {string.Join(", ", allowed)}.{Suggestion.For(value, allowed)}";
        }
        return error.Message.StartsWith("Cannot parse", StringComparison.Ordinal) ? $"{name} '{value}' cannot be read." : error.Message;
    }

    private static IEnumerable<string> Options(SymbolResult? result)
    {
        for (; result is CommandResult { Command: var command }; result = result.Parent)
            foreach (var option in command.Options.Where(o => !o.Hidden))
                yield return option.Name;
    }

    private static string Path(CommandResult result) => result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "vlm";

    [GeneratedRegex(@"^--?[A-Za-z][\w-]*(=.*)?$", RegexOptions.Singleline)]
    private static partial Regex OptionLike();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
