using System.CommandLine;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm evaluate captions --references FILE --predictions FILE</c>.</summary>
internal static class EvaluateCaptionsCommand
{
    public static Command Create(Shell shell)
    {
        var results = new ResultsChoice("Captions of people: COCO captions .json, Karpathy's .json, Flickr30k's .token, ...", "Captions of a model: [{\"image_id\": 42, \"caption\": \"a dog\"}, ...].", "images", "caption");
        var command = new DocumentedCommand("captions", "Score a file of captions, anyone's, in COCO's results format.", """
            BLEU-1 to -4, ROUGE-L and CIDEr are pycocoevalcap's (CIDEr is CIDEr-D, as in papers; 'plain' is CIDEr as first defined), beside what people's own captions reach (each against the others) and the best single caption given for every image. METEOR and SPICE are left out: one needs an 80 MB paraphrase table, the other a Java parser.

            Each image of the references needs one caption; --only-predicted leaves out images without one, which is what pycocoevalcap's example script does. CIDEr weighs words by the images that are scored.

            Exit codes: 0, also where rows were left out as --bad-rows skip asks for; 1 for an error; 2 for a wrong command line.

            Examples:
              vlm evaluate captions --references captions_val2014.json --predictions results.json
              vlm evaluate captions --references dataset_coco.json --split test --predictions results.json --json --per-image scores.json
            """);
        results.AddTo(command, shell, new ResultsScoring<CaptionMetrics, CaptionConfidence>(
            (vlm, references, predictions, onlyPredicted) => vlm.EvaluateCaptionResults(references, predictions, onlyPredicted: onlyPredicted),
            (metrics, resamples) => metrics.Bootstrap(resamples),
            (metrics, path) => metrics.WritePerImageJson(path),
            (metrics, confidence) => metrics.ToJson(confidence),
            ScoreLines.Write));
        return command;
    }
}
