using System.CommandLine;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm evaluate answers --references FILE --predictions FILE</c>.</summary>
internal static class EvaluateAnswersCommand
{
    public static Command Create(Shell shell)
    {
        var results = new ResultsChoice("Answers of people: VQAv2's annotations .json, VQA-RAD, SLAKE, PathVQA .parquet, ...", "Answers of a model: [{\"question_id\": 1, \"answer\": \"yes\"}, ...].", "questions", "answer");
        var command = new DocumentedCommand("answers", "Score a file of answers, anyone's, in the VQA challenge's results format.", """
            VQA accuracy is the official one, made for ten answers a question; '-' where there are fewer than two. The other measures compare normalized answers: exact match, F1 and recall over words, BLEU-1, and yes/no by the first whole word. LLaVA-Med's numbers are those that its published script prints, oddities included. All are also given for each answer type and question type, beside the answer that people gave oftenest, given to every question.

            Each question of the references needs one answer; --only-predicted leaves out questions without one. Ids are question_id, qid or id; the row's number in parquet files without.

            Exit codes: 0, also where rows were left out as --bad-rows skip asks for; 1 for an error; 2 for a wrong command line.

            Examples:
              vlm evaluate answers --references v2_mscoco_val2014_annotations.json --predictions results.json
              vlm evaluate answers --references "VQA_RAD Dataset Public.json" --split test --predictions results.json --json --per-question scores.json
            """);
        results.AddTo(command, shell, new ResultsScoring<AnswerMetrics, AnswerConfidence>(
            (vlm, references, predictions, onlyPredicted) => vlm.EvaluateAnswerResults(references, predictions, onlyPredicted: onlyPredicted),
            (metrics, resamples) => metrics.Bootstrap(resamples),
            (metrics, path) => metrics.WritePerQuestionJson(path),
            (metrics, confidence) => metrics.ToJson(confidence),
            ScoreLines.Write));
        return command;
    }
}
