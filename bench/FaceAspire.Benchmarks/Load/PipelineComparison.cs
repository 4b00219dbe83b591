namespace FaceAspire.Benchmarks.Load;

/// <summary>Two pipelines in turns, on the same pictures, in one server and one run: what the machine does meanwhile meets both.</summary>
internal static class PipelineComparison
{
    // What the embedded models may take of the time of yunet and mobilefacenet; beyond it the exit code is 1.
    private const double MostTime = 0.6;
    private const int Rounds = 10;

    private static readonly TimeSpan _turn = TimeSpan.FromSeconds(1);
    private static readonly string[][] _pairs = [["img10.jpg", "img11.jpg"], ["img1.jpg", "img2.jpg"]];

    /// <summary>Prints both medians for a pair of small photos and a pair of large ones.</summary>
    public static async Task<int> RunAsync()
    {
        await using var service = await VerifyRequests.StartServiceAsync();
        double worst = 0;
        foreach (string[] photos in _pairs)
        {
            var embedded = new VerifyRequests(service, photos, "FaceLite", "facelite");
            var usual = new VerifyRequests(service, photos, "mobilefacenet", "yunet");
            Sample ours = new(), theirs = new();
            for (int round = -1; round < Rounds; round++)
            {
                // The first round only warms up.
                await embedded.MeasureAsync(round < 0 ? new() : ours, concurrency: 1, _turn);
                await usual.MeasureAsync(round < 0 ? new() : theirs, concurrency: 1, _turn);
            }

            double part = ours.Percentile(50) / theirs.Percentile(50);
            worst = Math.Max(worst, part);
            Console.WriteLine(
                $"verify {string.Join(" + ", photos)}: facelite + FaceLite {ours.Percentile(50):F1} ms, yunet + mobilefacenet {theirs.Percentile(50):F1} ms (medians), {part:F2} of it");
        }

        return worst <= MostTime ? 0 : 1;
    }
}
