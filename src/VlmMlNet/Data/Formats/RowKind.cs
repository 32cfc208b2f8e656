namespace VlmMlNet.Data.Formats;

/// <summary>What the rows of a data set are, where names of columns say it.</summary>
internal enum RowKind
{
    /// <summary>Pictures with captions.</summary>
    Captions,

    /// <summary>Pictures with questions.</summary>
    Questions,

    /// <summary>Conversations about pictures.</summary>
    Conversations,
}
