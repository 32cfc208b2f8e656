namespace VlmMlNet.Text.Tokenizer;

/// <summary>What Qwen2.5 adds to its vocabulary, and what its models expect around text.</summary>
internal static class QwenTokens
{
    public const string EndOfText = "<|endoftext|>";
    public const string ImStart = "<|im_start|>";
    public const string ImEnd = "<|im_end|>";

    /// <summary>The system prompt of Qwen2.5's chat template where the messages have none.</summary>
    public const string SystemPrompt = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    /// <summary>The tokens behind Qwen2.5's vocabulary, in the order of their ids.</summary>
    public static readonly IReadOnlyList<(string Content, bool IsSpecial)> Added =
    [
        (EndOfText, true), (ImStart, true), (ImEnd, true),
        ("<|object_ref_start|>", true), ("<|object_ref_end|>", true), ("<|box_start|>", true), ("<|box_end|>", true),
        ("<|quad_start|>", true), ("<|quad_end|>", true), ("<|vision_start|>", true), ("<|vision_end|>", true),
        ("<|vision_pad|>", true), ("<|image_pad|>", true), ("<|video_pad|>", true),
        ("<tool_call>", false), ("</tool_call>", false), ("<|fim_prefix|>", false), ("<|fim_middle|>", false),
        ("<|fim_suffix|>", false), ("<|fim_pad|>", false), ("<|repo_name|>", false), ("<|file_sep|>", false),
    ];

    /// <summary>A Jinja template that renders messages as <see cref="ChatTemplate"/> does with its default system prompt: for
    /// the tokenizer_config.json of tokenizers that had none.</summary>
    public const string JinjaTemplate = $$$"""
        {%- if messages[0].role != 'system' -%}
        {{- '{{{ImStart}}}system\n{{{SystemPrompt}}}{{{ImEnd}}}\n' -}}
        {%- endif -%}
        {%- for message in messages -%}
        {%- if message.role != 'tool' -%}
        {{- '{{{ImStart}}}' ~ message.role ~ '\n' ~ message.content ~ '{{{ImEnd}}}\n' -}}
        {%- else -%}
        {%- if loop.first or loop.previtem.role != 'tool' -%}{{- '{{{ImStart}}}user' -}}{%- endif -%}
        {{- '\n<tool_response>\n' ~ message.content ~ '\n</tool_response>' -}}
        {%- if loop.last or loop.nextitem.role != 'tool' -%}{{- '{{{ImEnd}}}\n' -}}{%- endif -%}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{- '{{{ImStart}}}assistant\n' -}}{%- endif -%}
        """;
}
