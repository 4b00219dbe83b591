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

    /// <summary>Argument: the name of a detector, to measure that one only.</summary>
    public static int Run(string[] args)
    {
        using var models = new BenchmarkModels();
        using var photo = models.DecodePhoto("couple.jpg");
        using var runs = new NetworkTime();
        bool holds = true;
        Console.WriteLine("detector      picture     faces   ms     network ms   beside it   of it   kB allocated   (the quickest of 3 s)");
        foreach (var entry in models.Catalog.Of(ModelTask.Detection).Where(entry => args.Length == 0 || args.Contains(entry.Name)))
        {
            if (entry.Files.FirstOrDefault(static file => !File.Exists(SharedMaterial.Weights(file.Name))) is { } missing)
            {
                Console.WriteLine($"{entry.Name,-12}  left out: there is no {missing.Name}");
                continue;
            }

            var detector = models.Detector(entry);
            foreach (var (width, height) in _sizes)
            {
                using var image = Resizer.Resize(photo, width, height, Interpolation.Area);
                var (faces, total, network, beside, allocated) = Measure(detector, image, runs);
                string size = string.Create(CultureInfo.InvariantCulture, $"{width}×{height}");
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{entry.Name,-12}  {size,-10} {faces,5} {total,8:F2} {network,9:F2} {beside,12:F2} {beside / network,10:P1} {allocated,9:F1}"));
                holds &= width > _sizes[0].Width || !_bounded.Contains(entry.Name) || beside <= MostOverhead * network;
            }
        }

        return holds ? 0 : 1;
    }

    private static (int Faces, double Total, double Network, double Beside, double Kilobytes) Measure(IFaceDetector detector, PixelBuffer image, NetworkTime runs)
    {
        int faces = 0;
        double total = double.MaxValue, network = double.MaxValue, beside = double.MaxValue, kilobytes = double.MaxValue;
        for (int i = 0; i < WarmUps; i++)
        {
            faces = detector.Detect(image, CancellationToken.None).Count;
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

        return (faces, total, network, beside, kilobytes);
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
