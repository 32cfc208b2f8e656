namespace VlmMlNet.Benchmarks;
internal static class ModelFile { public static void Run() { } }
