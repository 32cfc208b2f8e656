namespace VlmMlNet.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c> (the result of a call, which Qwen2.5 shows
/// as a user's message).</param>
/// <param name="Content">What is said; may be empty. Where a user's (or tool's) message holds <see cref="ImageToken.Text"/>,
/// a picture stands there, any number of times; in other roles it is plain text.</param>
public sealed record ChatMessage(string Role, string Content);
