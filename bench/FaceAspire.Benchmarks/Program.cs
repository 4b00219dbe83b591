using BenchmarkDotNet.Running;
using FaceAspire.Benchmarks;
using FaceAspire.Benchmarks.Load;

// Three commands of our own; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["load", ..]:
        return await LoadBenchmark.RunAsync(args[1..]);
    case ["thresholds"]:
        return Accuracy.PrintThresholds();
    case ["emotions"]:
        return Accuracy.PrintEmotions();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(BenchmarkModels).Assembly).Run(args);
        return 0;
}
