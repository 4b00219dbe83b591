using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Benchmarks;

/// <summary>Every detector of the catalogue on one photo in two sizes: what a picture takes, what of it is the network's, and what is allocated.</summary>
internal static class DetectorComparison
{
    // What making the input and reading the outputs may take of the network's own time in a picture of 640 pixels; beyond it the exit code is 1.
    private const double MostOverhead = 0.25;
    private const int WarmUps = 3;

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(3);
    private static readonly string[] _bounded = ["yunet", "retinaface", "yolov8"];
    private static readonly (int Width, int Height)[] _sizes = [(640, 480), (1_920, 1_080)];

    /// <summary>Prints a table in Markdown, the quickest of three seconds each. Arguments: names of detectors, to measure those only.</summary>
    public static int Run(string[] args)
    {
        using var models = new BenchmarkModels();
        using var photo = models.DecodePhoto("couple.jpg");
        using var runs = new NetworkTime();
        bool holds = true;
        Console.WriteLine($"| detector | {string.Join(" | ", _sizes.Select(static size => $"{size.Width}×{size.Height}, ms | beside the network"))} | kB allocated |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("--:|", (2 * _sizes.Length) + 1))}");
        foreach (var entry in models.Catalog.Of(ModelTask.Detection).Where(entry => args.Length == 0 || args.Contains(entry.Name)))
        {
            if (entry.Files.FirstOrDefault(static file => !SharedMaterial.HasWeights(file.Name)) is { } missing)
            {
                Console.Error.WriteLine($"{entry.Name} is left out: there is no {missing.Name}.");
                continue;
            }

            var detector = models.Detector(entry);
            List<string> cells = [$"`{entry.Name}`"];
            double most = 0;
            foreach (var (width, height) in _sizes)
            {
                using var image = Resizer.Resize(photo, width, height, Interpolation.Area);
                var (total, network, beside, allocated) = Measure(detector, image, runs);
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{total:F1}"));
                cells.Add(network == 0 ? "no network" : string.Create(CultureInfo.InvariantCulture, $"{beside:F1} ms, {beside / network:P0} of it"));
                most = Math.Max(most, allocated);
                holds &= width > _sizes[0].Width || !_bounded.Contains(entry.Name) || beside <= MostOverhead * network;
            }

            cells.Add(string.Create(CultureInfo.InvariantCulture, $"{most:F0}"));
            Console.WriteLine($"| {string.Join(" | ", cells)} |");
        }

        return holds ? 0 : 1;
    }

    private static (double Total, double Network, double Beside, double Kilobytes) Measure(IFaceDetector detector, PixelBuffer image, NetworkTime runs)
    {
        double total = double.MaxValue, network = double.MaxValue, beside = double.MaxValue, kilobytes = double.MaxValue;
        for (int i = 0; i < WarmUps; i++)
        {
            _ = detector.Detect(image, CancellationToken.None);
        }

        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < _duration;)
        {
            runs.Milliseconds = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            _ = detector.Detect(image, CancellationToken.None);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            kilobytes = Math.Min(kilobytes, (GC.GetAllocatedBytesForCurrentThread() - before) / 1e3);
            total = Math.Min(total, elapsed);
            network = Math.Min(network, runs.Milliseconds);
            beside = Math.Min(beside, elapsed - runs.Milliseconds);
        }

        return (total, network, beside, kilobytes);
    }

    /// <summary>Adds up what the networks take, as the service's own metric tells it.</summary>
    private sealed class NetworkTime : IDisposable
    {
        private readonly MeterListener _listener = new();

        public NetworkTime()
        {
            _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => Milliseconds += seconds * 1e3);
            _listener.EnableMeasurementEvents(VisionTelemetry.InferenceDuration);
            _listener.Start();
        }

        public double Milliseconds { get; set; }

        public void Dispose() => _listener.Dispose();
    }
}
