using System.Diagnostics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Recognition;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Benchmarks;

/// <summary>Every recogniser of the catalogue on sixteen crops at once, beside ONNX Runtime alone on a tensor that is ready.</summary>
internal static class RecogniserComparison
{
    private const int Batch = 16;
    private const int WarmUps = 3;

    // What of ONNX Runtime's embeddings a second the embedder must reach; below it the exit code is 1.
    private const double LeastShare = 0.9;

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(6);

    /// <summary>Prints a table in Markdown, the quickest of six seconds in turns. Arguments: names of recognisers, to measure those only.</summary>
    public static int Run(string[] args)
    {
        using var models = new BenchmarkModels();
        using var photo = models.DecodePhoto("img1.jpg");
        bool holds = true;
        Console.WriteLine("| recogniser | embeddings a second | ONNX Runtime alone | share | kB allocated |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var entry in models.Catalog.Of(ModelTask.Recognition).Where(entry => args.Length == 0 || args.Contains(entry.Name)))
        {
            string file = entry.Files[0].Name;
            if (!SharedMaterial.HasWeights(file))
            {
                Console.Error.WriteLine($"{entry.Name} is left out: there is no {file}.");
                continue;
            }

            using var crop = Resizer.Resize(photo, entry.Input.Width, entry.Input.Height, Interpolation.Area);
            var (ours, bare, kilobytes) = Measure(models.Embedder(entry.Name), SharedMaterial.Weights(file), entry.Input, crop);
            Console.WriteLine(FormattableString.Invariant($"| `{entry.Name}` | {Batch / ours:F0} | {Batch / bare:F0} | {bare / ours:F2} | {kilobytes:F0} |"));
            holds &= bare / ours >= LeastShare;
        }

        return holds ? 0 : 1;
    }

    private static (double Ours, double Bare, double Kilobytes) Measure(Embedder embedder, string weights, ModelInput input, PixelBuffer crop)
    {
        PixelBuffer[] crops = [.. Enumerable.Repeat(crop, Batch)];
        using InferenceSession session = new(weights);
        using RunOptions options = new();
        int length = TensorPacker.Length(input);
        float[] values = new float[Batch * length];
        for (int i = 0; i < Batch; i++)
        {
            TensorPacker.Pack(crop, input, InputNormalization.Base, values.AsSpan(i * length, length));
        }

        using var tensor = OrtValue.CreateTensorValueFromMemory(values, [Batch, input.Channels, input.Height, input.Width]);
        double ours = double.MaxValue, bare = double.MaxValue, kilobytes = double.MaxValue;
        int round = 0;
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < _duration; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            _ = embedder.Embed(crops, InputNormalization.Base, CancellationToken.None);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 1e3;
            start = Stopwatch.GetTimestamp();
            session.Run(options, session.InputNames, [tensor], session.OutputNames).Dispose();
            double alone = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (round >= WarmUps)
            {
                (ours, bare, kilobytes) = (Math.Min(ours, elapsed), Math.Min(bare, alone), Math.Min(kilobytes, allocated));
            }
        }

        return (ours, bare, kilobytes);
    }
}
