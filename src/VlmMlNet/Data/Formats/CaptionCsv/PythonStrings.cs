using System.Globalization;
using System.Text;

namespace VlmMlNet.Data.Formats.CaptionCsv;

/// <summary>Reads a list or a tuple of strings as Python's <c>repr</c> writes it: <c>['a', "it's"]</c>.</summary>
internal ref struct PythonStrings
{
    private readonly ReadOnlySpan<char> _text;
    private int _position;

    private PythonStrings(ReadOnlySpan<char> text)
    {
        _text = text;
    }

    private readonly char Next => _position < _text.Length ? _text[_position] : '\0';

    /// <summary>The strings; null where the text is no such list.</summary>
    public static string[]? Read(ReadOnlySpan<char> text) => new PythonStrings(text).ReadList();

    private string[]? ReadList()
    {
        var strings = new List<string>();
        char close = Next == '[' ? ']' : ')';
        bool hasComma = false;
        _position++;
        while (true)
        {
            int before = _position;
            SkipBlanks();
            if (Next == close)
                return _position == _text.Length - 1 && (close == ']' || hasComma) ? [.. strings] : null; // ('a') is a string, not a tuple
            if (strings.Count > 0 && Next == ',')
            {
                hasComma = true;
                _position++;
                SkipBlanks();
                if (Next == close)
                    continue;
            }
            else if (strings.Count > 0 && (_position == before || hasComma))
            {
                return null;
            }
            if (ReadElement() is not { } element)
                return null;
            strings.Add(element);
        }
    }

    private string? ReadElement()
    {
        const string scalar = "np.str_("; // a string of NumPy 2 within a list
        bool isScalar = _text[_position..].StartsWith(scalar);
        _position += isScalar ? scalar.Length : Next == 'u' ? 1 : 0;
        string? text = ReadString();
        return !isScalar || text is null || _text[_position++..].StartsWith(")") ? text : null;
    }

    private string? ReadString()
    {
        char quote = Next;
        if (quote is not ('\'' or '"'))
            return null;
        var text = new StringBuilder();
        while (++_position < _text.Length)
        {
            char c = _text[_position];
            if (c == quote)
            {
                _position++;
                return text.ToString();
            }
            if (c != '\\')
                text.Append(c);
            else if (!ReadEscape(text))
                return null;
        }
        return null;
    }

    private bool ReadEscape(StringBuilder text)
    {
        _position++;
        switch (Next)
        {
            case '\\' or '\'' or '"':
                text.Append(Next);
                return true;
            case 'n':
                text.Append('\n');
                return true;
            case 'r':
                text.Append('\r');
                return true;
            case 't':
                text.Append('\t');
                return true;
            case 'x':
                return ReadCode(text, 2);
            case 'u':
                return ReadCode(text, 4);
            case 'U':
                return ReadCode(text, 8);
            default:
                return false;
        }
    }

    private bool ReadCode(StringBuilder text, int digits)
    {
        if (_position + digits >= _text.Length || !int.TryParse(_text.Slice(_position + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || !Rune.IsValid(code))
            return false;
        text.Append(new Rune(code));
        _position += digits;
        return true;
    }

    private void SkipBlanks()
    {
        while (char.IsWhiteSpace(Next))
            _position++;
    }
}
