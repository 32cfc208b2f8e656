namespace VlmMlNet.Components.Recipes;

/// <summary>A question about a picture with people's answers.</summary>
/// <param name="Text">The question.</param>
/// <param name="Answers">The answers; none in the test sets of challenges.</param>
/// <param name="AnswerType">The data set's kind of answer; null for none.</param>
/// <param name="QuestionType">The data set's kind of question; null for none.</param>
/// <param name="System">What the system says before it; null for the chat template's own words.</param>
internal sealed record PictureQuestion(string Text, IReadOnlyList<string> Answers, string? AnswerType = null, string? QuestionType = null, string? System = null);
