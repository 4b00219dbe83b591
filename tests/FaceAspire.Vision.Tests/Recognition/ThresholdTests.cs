using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Recognition;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Recognition;

public sealed class ThresholdTests(VisionFixture models)
{
    private const double FalseMatchRate = 1e-3;

    public static TheoryData<string> Models => ["mobileface_v2", "mobilefacenet", "mobilefacenet_512"];

    [Theory, MemberData(nameof(Models))]
    public void Thresholds_DevPeople_AcceptOneStrangerInAThousand(string model)
    {
        var entry = models.Recogniser(model);
        List<(string Person, Embedding Embedding)> faces = [];
        foreach (var (person, bytes) in LabelledImages.Development("rec_celeba_film", "identity"))
        {
            using var image = models.Decoder.Decode(bytes, TestContext.Current.CancellationToken);
            using var found = models.Extractor.Extract(image, new("yunet", [entry.NativeCrop]) { MaxFaces = 1 }, TestContext.Current.CancellationToken);
            if (found.Count > 0)
            {
                faces.Add((person, models.Embed(model, found[0].Crops[0])));
            }
        }

        foreach (var (metric, threshold) in entry.Thresholds[AlignmentMode.Native])
        {
            var strangers = faces.SelectMany((a, i) => faces.Skip(i + 1).Where(b => b.Person != a.Person).Select(b => EmbeddingDistance.Between(a.Embedding, b.Embedding, metric))).ToList();
            double rate = strangers.Count(distance => distance <= threshold) / (double)strangers.Count;

            // 52,627 pairs: one pair is 0.002 %. Another processor's rounding may move a pair or two over the line.
            rate.ShouldBeInRange(0.95 * FalseMatchRate, 1.05 * FalseMatchRate, $"{model} {metric} {threshold}");
        }
    }

    [Fact]
    public void Choose_HandMadeDistances_LiesJustBelowTheFirstRefused()
    {
        double[] strangers = [.. Enumerable.Range(1, 1_000).Select(static i => i / 1_000.0).Reverse()];

        double threshold = FalseMatchThreshold.Choose(strangers, 0.01);

        strangers.Count(distance => distance <= threshold).ShouldBe(10);
    }

    [Fact]
    public void Choose_TooFewDistances_IsRefused() => Should.Throw<ArgumentException>(() => FalseMatchThreshold.Choose(new double[999], 1e-3));
}
