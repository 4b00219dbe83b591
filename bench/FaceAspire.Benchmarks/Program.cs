using BenchmarkDotNet.Running;
using FaceAspire.Benchmarks;
using FaceAspire.Benchmarks.Load;

// The real server under load, beside the bare work in the same run; everything else is BenchmarkDotNet's.
if (args is ["load", ..])
{
    return await LoadBenchmark.RunAsync(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(BenchmarkModels).Assembly).Run(args);
return 0;
