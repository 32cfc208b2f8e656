namespace VlmMlNet.Evaluation.PennTreebank;

/// <summary>The kinds of token, in the order in which they win: of several that reach equally far, what follows the token
/// included, the earlier one is taken.</summary>
internal enum TreebankRule : byte
{
    /// <summary>C++, C#, F#.</summary>
    ProgrammingLanguage,

    /// <summary>cannot, 'twas, 'tis, gonna: two words written as one, of which this is the first.</summary>
    Assimilation,

    /// <summary>A tag such as &lt;b&gt;, whose spaces become non-breaking.</summary>
    Tag,

    /// <summary>An em or en dash, or its entity.</summary>
    LongDash,

    /// <summary>The entity of the ampersand.</summary>
    AmpersandEntity,

    /// <summary>Another entity that stays as it is.</summary>
    PunctuationEntity,

    /// <summary>A word before 's, 're, 'll and the like.</summary>
    WordBeforeClitic,

    /// <summary>A verb before n't.</summary>
    WordBeforeNegation,

    /// <summary>A word of any script; a single full stop, ! or ? may stand between letters.</summary>
    Word,

    /// <summary>One of the words that an apostrophe belongs to.</summary>
    ApostropheWord,

    /// <summary>http://...</summary>
    Url,

    /// <summary>www.name.tld or name.com, with or without a path.</summary>
    LikelyUrl,

    /// <summary>somebody@somewhere.</summary>
    Email,

    /// <summary>@name or #topic.</summary>
    Handle,

    /// <summary>'s, 're, 'll, n't and the like before something that is no ASCII letter.</summary>
    Clitic,

    /// <summary>3/14/2015.</summary>
    Date,

    /// <summary>A number with its sign, decimals, thousands and colons.</summary>
    Number,

    /// <summary>Digits set high or low.</summary>
    RaisedNumber,

    /// <summary>1/2 or 1 1/2.</summary>
    Fraction,

    /// <summary>A fraction that is one character.</summary>
    FractionSign,

    /// <summary>Words that the treebank writes in a way of its own, such as S&amp;P-500.</summary>
    TreebankWord,

    /// <summary>and/or.</summary>
    SlashWord,

    /// <summary>$, US$ and #.</summary>
    Dollar,

    /// <summary>Another sign of a currency.</summary>
    Currency,

    /// <summary>An acronym before a word that begins a sentence.</summary>
    AcronymAtSentenceEnd,

    /// <summary>An abbreviation that counts as one before a number only.</summary>
    AbbreviationBeforeNumber,

    /// <summary>An abbreviation that keeps its full stop, the sentence going on.</summary>
    AbbreviationInSentence,

    /// <summary>An abbreviation at the end of a sentence: its full stop is read a second time.</summary>
    AbbreviationAtSentenceEnd,

    /// <summary>An abbreviation before any two characters.</summary>
    AbbreviationBeforeText,

    /// <summary>An abbreviation at the end of everything, read like one at the end of a sentence.</summary>
    AbbreviationAtTextEnd,

    /// <summary>A title or an acronym with its full stop.</summary>
    TitleOrAcronym,

    /// <summary>A title or an acronym before white space.</summary>
    AcronymBeforeSpace,

    /// <summary>A year of two digits, '99.</summary>
    ShortYear,

    /// <summary>name.jpg.</summary>
    FileName,

    /// <summary>A word whose full stop is followed by a comma and the like.</summary>
    WordWithPeriod,

    /// <summary>A telephone number.</summary>
    Phone,

    /// <summary>A straight double quote before a letter, digit or $.</summary>
    OpeningDoubleQuote,

    /// <summary>Another straight double quote.</summary>
    ClosingDoubleQuote,

    /// <summary>&lt; or its entity.</summary>
    LessThan,

    /// <summary>&gt; or its entity.</summary>
    GreaterThan,

    /// <summary>:-)</summary>
    Smiley,

    /// <summary>^_^</summary>
    AsianSmiley,

    /// <summary>Any of ( ) [ ] { }.</summary>
    Bracket,

    /// <summary>One or more hyphens.</summary>
    Hyphens,

    /// <summary>Three to five full stops, or the character for it.</summary>
    Ellipsis,

    /// <summary>Punctuation that stays as it is.</summary>
    Punctuation,

    /// <summary>An ASCII compound with hyphens, full stops and commas.</summary>
    HyphenatedWord,

    /// <summary>A compound of letters and digits of any script.</summary>
    Compound,

    /// <summary>AT&amp;T.</summary>
    AmpersandWord,

    /// <summary>A straight single quote before a letter that is not alone.</summary>
    OpeningSingleQuote,

    /// <summary>'s and the like before a letter, or at the end of everything.</summary>
    TrailingClitic,

    /// <summary>Any other quotation mark.</summary>
    Quote,

    /// <summary>&lt;&lt; or &gt;&gt;.</summary>
    DuckFeet,

    /// <summary>A symbol that stands alone.</summary>
    Symbol,

    /// <summary>White space and what else leaves no token.</summary>
    Skipped,

    /// <summary>A line's end.</summary>
    LineBreak,

    /// <summary>A character that no rule knows: it is dropped.</summary>
    Unknown,
}
