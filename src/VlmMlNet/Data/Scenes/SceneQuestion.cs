namespace VlmMlNet.Data.Scenes;

/// <summary>A question about a scene and its only right answer, of one or two words.</summary>
internal sealed record SceneQuestion(SceneQuestionType Type, string Text, string Answer);
