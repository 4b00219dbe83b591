using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Recognition;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Recognition;

public sealed class ThresholdTests(VisionFixture models)
{
    private const double FalseMatchRate = 1e-3;

    private static readonly string[] _models = ["FaceLite", "mobileface_v2", "mobilefacenet", "mobilefacenet_512"];

    // Of the development people, by alignment and model: one pass over the pictures serves all models.
    private static readonly Dictionary<AlignmentMode, Dictionary<string, List<(string Person, Embedding Embedding)>>> _faces = [];

    public static TheoryData<string, AlignmentMode> Cases
    {
        get
        {
            var data = new TheoryData<string, AlignmentMode>();
            foreach (string model in _models)
            {
                data.Add(model, AlignmentMode.Native);
                data.Add(model, AlignmentMode.DeepFace);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Thresholds_DevPeople_AcceptOneStrangerInAThousand(string model, AlignmentMode alignment)
    {
        var faces = FacesOf(alignment)[model];
        foreach (var (metric, threshold) in models.Recogniser(model).Thresholds[alignment])
        {
            var strangers = faces.SelectMany((a, i) => faces.Skip(i + 1).Where(b => b.Person != a.Person).Select(b => EmbeddingDistance.Between(a.Embedding, b.Embedding, metric))).ToList();
            double rate = strangers.Count(distance => distance <= threshold) / (double)strangers.Count;

            // 52,627 pairs: one pair is 0.002 %. Another processor's rounding may move a pair or two over the line.
            rate.ShouldBeInRange(0.95 * FalseMatchRate, 1.05 * FalseMatchRate, $"{model} {alignment} {metric} {threshold}");
        }
    }

    /// <summary>Computed once; tests of one class run one after another.</summary>
    private Dictionary<string, List<(string Person, Embedding Embedding)>> FacesOf(AlignmentMode alignment)
    {
        if (_faces.TryGetValue(alignment, out var computed))
        {
            return computed;
        }

        var faces = _models.ToDictionary(static model => model, static _ => new List<(string Person, Embedding Embedding)>());
        var options = new ExtractionOptions("yunet", [.. _models.Select(model => models.CropOf(model, alignment))]) { MaxFaces = 1 };
        foreach (var (person, bytes) in LabelledImages.Development("rec_celeba_film", "identity"))
        {
            using var image = models.Decoder.Decode(bytes, TestContext.Current.CancellationToken);
            using var found = models.Extractor.Extract(image, options, TestContext.Current.CancellationToken);
            if (found.Count > 0)
            {
                for (int i = 0; i < _models.Length; i++)
                {
                    faces[_models[i]].Add((person, models.Embed(_models[i], found[0].Crops[i])));
                }
            }
        }

        return _faces[alignment] = faces;
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
