namespace VlmMlNet.Data.Scenes;

/// <summary>What a question is about; the ids of test questions end with it, in lower case.</summary>
internal enum SceneQuestionType
{
    /// <summary>"What color is the star?"</summary>
    Color,

    /// <summary>"What shape is the red object?"</summary>
    Shape,

    /// <summary>"How many circles are there?"</summary>
    Count,

    /// <summary>"Is there a red circle?"</summary>
    Exists,

    /// <summary>"Where is the star?"</summary>
    Position,

    /// <summary>"Is the star large or small?", "Which is bigger, the star or the ring?"</summary>
    Size,

    /// <summary>"What shape is left of the star?"</summary>
    Relation,

    /// <summary>"What is on the left?"</summary>
    Object,
}
