using BenchmarkDotNet.Running;
using FaceAspire.Benchmarks;
using FaceAspire.Benchmarks.Load;
using FaceAspire.Benchmarks.Search;
using FaceAspire.Testing;

if (!SharedMaterial.IsPresent && args is not ["--list" or "overload" or "distributed" or "gallery", ..])
{
    await Console.Error.WriteLineAsync($"The benchmarks need weights and photos; there is no folder {SharedMaterial.Root}. Set FACEASPIRE_SHARED.");
    return 2;
}

// Ten commands of our own; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["load", ..]:
        return await LoadBenchmark.RunAsync(args[1..]);
    case ["compare"]:
        return await PipelineComparison.RunAsync();
    case ["distributed"]:
        return await DistributedComparison.RunAsync();
    case ["overload", ..]:
        return await OverloadBenchmark.RunAsync(args[1..]);
    case ["gallery", ..]:
        return await GalleryBenchmark.RunAsync(args[1..]);
    case ["detectors", ..]:
        return DetectorComparison.Run(args[1..]);
    case ["recognisers", ..]:
        return RecogniserComparison.Run(args[1..]);
    case ["thresholds"]:
        return Accuracy.PrintThresholds();
    case ["haar", ..]:
        return await CascadeComparison.RunAsync(args[1..]);
    case ["emotions"]:
        return Accuracy.PrintEmotions();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(BenchmarkModels).Assembly).Run(args);
        return 0;
}
