using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace VlmMlNet.Cli.Report;

/// <summary>HTML under construction. Every interpolated value is escaped: only what stands in the source is markup.</summary>
internal sealed class HtmlText
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text = new();

    /// <summary>Appends markup whose interpolated values are text.</summary>
    public HtmlText Add(FormattableString markup)
    {
        _text.AppendFormat(EscapingFormat.Instance, markup.Format, markup.GetArguments());
        return this;
    }

    /// <summary>Appends markup as it is.</summary>
    public HtmlText AddMarkup(string markup)
    {
        _text.Append(markup);
        return this;
    }

    public override string ToString() => _text.ToString();

    private sealed class EscapingFormat : IFormatProvider, ICustomFormatter
    {
        public static readonly EscapingFormat Instance = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider)
        {
            string text = arg is IFormattable value ? value.ToString(format, CultureInfo.InvariantCulture) : arg?.ToString() ?? "";
            return s_encoder.Encode(text);
        }
    }
}
