using System.Diagnostics;
using System.Globalization;
using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Detection.Cascades;

namespace FaceAspire.Benchmarks;

/// <summary>Our evaluation of the cascade of frontal faces against OpenCV's: one thread each, the same photos and parameters, in turns.</summary>
internal static class CascadeComparison
{
    private const int Rounds = 5;

    private const string Script = """
        import sys, time, cv2
        cv2.setNumThreads(1)
        cascade = cv2.CascadeClassifier(sys.argv[1])
        images = {}
        for line in sys.stdin:
            path = line.strip()
            if path not in images:
                images[path] = cv2.imread(path)
            start = time.perf_counter()
            faces = cascade.detectMultiScale3(images[path], 1.1, 10, outputRejectLevels=True)
            print((time.perf_counter() - start) * 1000, len(faces[0]), flush=True)
        """;

    private static readonly string[] _photos = ["img5.jpg", "img10.jpg", "img11.jpg", "img12.jpg", "img20.jpg", "img62.jpg", "selfie-many-people.jpg", "couple.jpg"];

    /// <summary>Prints the least times of each photo. The argument is a Python that has OpenCV; 1 when ours takes longer over all photos.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        string cascadePath = SharedMaterial.Weights("haarcascade_frontalface_default.xml");
        var cascade = HaarCascade.Load(cascadePath);
        using var models = new BenchmarkModels();
        using var python = Process.Start(new ProcessStartInfo(args.Length > 0 ? args[0] : "python3", ["-c", Script, cascadePath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        double ours = 0, theirs = 0;
        Console.WriteLine($"{"photo",-24} {"pixels",11} {"faces",5} {"ours ms",8} {"OpenCV ms",9} {"ratio",5}   (least of {Rounds}, one thread each)");
        foreach (string photo in _photos)
        {
            using var image = models.DecodePhoto(photo);
            double own = double.MaxValue, reference = double.MaxValue;
            int faces = 0, referenceFaces = 0;
            for (int round = 0; round <= Rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                using (var luma = LumaFrame.Of(DetectorFrame.Plain(image)))
                {
                    faces = HaarDetector.Detect(cascade, luma, CancellationToken.None).Count;
                }

                own = Math.Min(own, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                await python.StandardInput.WriteLineAsync(Path.Combine(SharedMaterial.Root, "images", photo));
                string[] answer = (await python.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Python ended; does it have cv2?")).Split(' ');
                reference = Math.Min(reference, double.Parse(answer[0], CultureInfo.InvariantCulture));
                referenceFaces = int.Parse(answer[1], CultureInfo.InvariantCulture);
            }

            ours += own;
            theirs += reference;
            Console.WriteLine($"{photo,-24} {image.Width + "×" + image.Height,11} {faces,2}/{referenceFaces,-2} {own,8:F1} {reference,9:F1} {own / reference,5:F2}");
        }

        python.StandardInput.Close();
        await python.WaitForExitAsync();
        Console.WriteLine($"{"all",-24} {"",11} {"",5} {ours,8:F1} {theirs,9:F1} {ours / theirs,5:F2}");
        return ours <= theirs ? 0 : 1;
    }
}
