using VlmMlNet.Benchmarks;
using VlmMlNet.Benchmarks.Arithmetic;

// Each mode is a process of its own, so that its peak memory is its own.
switch (args)
{
    case ["paper"]:
        PaperSize.Run();
        return 0;
    case ["save"]:
        return SavedSize.Run();
    case ["save", "write", var file]:
        SavedSize.Write(file);
        return 0;
    case ["save", "read", var file]:
        SavedSize.Read(file);
        return 0;
    case ["captions"]:
        CaptionMetricsBenchmark.Run(Console.Out);
        return 0;
    case ["decode", .. var options]:
        DecodeBenchmark.Run(options);
        return 0;
    case ["kernels", .. var options]:
        return KernelBenchmarks.Run(options);
    case ["features", .. var options]:
        FeatureCacheBenchmark.Run(options);
        return 0;
    case ["train", .. var options]:
        TrainingBenchmark.Run(options);
        return 0;
    case ["packing", .. var options]:
        PackingBenchmark.Run(options);
        return 0;
    case ["caption", "write", var precision, var folder]:
        CaptionBenchmark.Write(precision, folder);
        return 0;
    case ["caption", "measure", var precision, var folder, .. var options]:
        CaptionBenchmark.Measure(precision, folder, options);
        return 0;
    case ["caption", .. var options]:
        return CaptionBenchmark.Run(options);
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/VlmMlNet.Benchmarks -- MODE
              paper       the 900M configuration with random weights: parameter counts, one caption, one stage-2 step (needs 21 GiB)
              save        the same through mlContext.Model.Save, and Load in a fresh process: time, memory, temporary files (needs 5 GiB, and 4 GB of disk)
              decode      generation at the 900M shape beside the memory's bandwidth: [float32|bfloat16|int8|int4 ...] [threads=N] [runs=N] [batch=N] [folder=DIR]
                          [turns: decodes N tokens for each line N of the input and prints their milliseconds, for a program that alternates engines]
              caption     captions at the 900M shape from loading to the last token, beside the machine's limits: [float32|bfloat16|int8|int4 ...] [threads=N]
                          [runs=N] [folder=DIR] [brief] (needs 3 GiB, and up to 2 GB of disk; folder keeps the models for further runs)
              kernels     the decoder's kernels on one thread, under BenchmarkDotNet, in 2 minutes: [best|all] [long] [BenchmarkDotNet's options, as --filter *Product*]
              features    steps of stage 1 from pictures and from cached features, at a third of the full depth: [threads=N] [runs=N] [batch=N] (needs 4 GiB)
              packing     forward and backward of captions in rows of several lengths, at the full width: [threads=N] [runs=N] [batch=N] [seed=N] (needs 3 GiB)
              train       steps of a stage at the 900M shape: [stage=N] [batch=N] [steps=N] [threads=N] [less|least] [bfloat16] [padded] [lora=RANK] (needs 14 to 21 GiB)
              captions    scores 5,000 captions against 5 references each: time as a whole and per metric
            """);
        return 2;
}
