using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using VlmMlNet.Evaluation.PennTreebank;

namespace VlmMlNet.Evaluation.Answers;

/// <summary>Brings answers to visual questions into the form in which the official VQA evaluation compares them.</summary>
/// <remarks>Lower case, without articles and most punctuation, numbers up to ten as digits, apostrophes put back into
/// contractions: <i>"The dog isnt."</i> becomes <i>dog isn't</i>. The official code's oddities are kept, because published
/// numbers have them: whether a punctuation mark is dropped or becomes a space depends on the spaces around it anywhere in
/// the answer, a comma between two digits makes every mark drop, and only the first 32 full stops go.</remarks>
public static class VqaAnswer
{
    private const string Punctuation = ";/[]\"{}()=+\\_-><@`,?!";
    private const int PeriodLimit = 32;

    // A star is an apostrophe that writers leave out.
    private const string Contractions =
        "'ow's*at 'ow*s'at *ow's'at *twas ain*t aren*t can*t could*ve couldn't*ve couldn*t couldn*t've didn*t doesn*t don*t "
        + "hadn't*ve hadn*t hadn*t've hasn*t haven*t he'd*ve he*d he*d've he*s how*d how*ll how*s isn*t it'd*ve it*d it*d've "
        + "it*ll ma*am might*ve mightn't*ve mightn*t mightn*t've must*ve mustn*t needn*t not*ve o*clock oughtn*t shan*t "
        + "she'd*ve she*d've should*ve shouldn't*ve shouldn*t shouldn*t've somebody'd*ve somebody*d've somebody*ll somebody*s "
        + "someone'd*ve someone*d someone*d've someone*ll someone*s something'd*ve something*d something*d've something*ll "
        + "that*s there'd*ve there*d there*d've there*re there*s they'd*ve they*d they*d've they*ll they*re they*ve wasn*t "
        + "we'd*ve we*d've we*ve weren*t what*ll what*re what*s what*ve when*s where*d where*s where*ve who'd*ve who*d "
        + "who*d've who*ll who*s who*ve why*ll why*re why*s won*t would*ve wouldn't*ve wouldn*t wouldn*t've y'all'd*ve "
        + "y'all*d've y'all*ll y*all y*all'd've y*all'll you'd*ve you*d you*d've you*ll you*re you*ve";

    private static readonly SearchValues<char> s_marks = SearchValues.Create(Punctuation + ".");
    private static readonly FrozenDictionary<string, string> s_words = Words();

    /// <summary>The answer in the form that is compared.</summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return NormalizeWords(NormalizePunctuation(Strip(answer)));
    }

    /// <summary>The first step, the only one for questions that all people answered alike: line breaks and tabs are spaces,
    /// and none stand at the ends.</summary>
    internal static string Strip(string answer) => PythonText.Strip(answer.Replace('\n', ' ').Replace('\t', ' '));

    /// <summary>The second step.</summary>
    internal static string NormalizePunctuation(string answer)
    {
        if (!answer.AsSpan().ContainsAny(s_marks))
            return answer;
        bool thousands = HasCommaBetweenDigits(answer);
        var text = new StringBuilder(answer);
        foreach (char mark in Punctuation)
        {
            if (thousands || IsBesideSpace(answer, mark))
                text.Replace(mark.ToString(), "");
            else
                text.Replace(mark, ' ');
        }

        var result = new StringBuilder(text.Length);
        int removed = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.' && removed < PeriodLimit && !(i + 1 < text.Length && char.IsDigit(text[i + 1])))
                removed++;
            else
                result.Append(text[i]);
        }
        return result.ToString();
    }

    /// <summary>The last step.</summary>
    internal static string NormalizeWords(string answer)
    {
        var words = new List<string>();
        foreach (string word in PythonText.Split(LowerCase.Of(answer)))
        {
            if (word is not ("a" or "an" or "the"))
                words.Add(s_words.GetValueOrDefault(word, word));
        }
        return string.Join(' ', words);
    }

    private static bool HasCommaBetweenDigits(string answer)
    {
        for (int i = 1; i + 1 < answer.Length; i++)
        {
            if (answer[i] == ',' && char.IsDigit(answer[i - 1]) && char.IsDigit(answer[i + 1]))
                return true;
        }
        return false;
    }

    private static bool IsBesideSpace(string answer, char mark)
    {
        for (int i = 0; i < answer.Length; i++)
        {
            if (answer[i] == mark && ((i > 0 && answer[i - 1] == ' ') || (i + 1 < answer.Length && answer[i + 1] == ' ')))
                return true;
        }
        return false;
    }

    private static FrozenDictionary<string, string> Words()
    {
        var words = new Dictionary<string, string> { ["none"] = "0", ["zero"] = "0", ["somebody'd"] = "somebodyd" };
        string[] numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        for (int i = 0; i < numbers.Length; i++)
            words[numbers[i]] = (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (string contraction in Contractions.Split(' '))
            words[contraction.Replace("*", "", StringComparison.Ordinal)] = contraction.Replace('*', '\'');
        return words.ToFrozenDictionary();
    }
}
