using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Recognition;

/// <summary>All 300 labelled pairs through the whole pipeline at the catalogue's thresholds.</summary>
public sealed class PairAccuracyTests(VisionFixture models)
{
    // For Dlib two of the 300 may be wrong at DeepFace's thresholds; the others must have 99 % right. The length of a vector of a network trained on
    // angles tells the quality of the picture, not the person, so the plain euclidean distance cannot do as well: 293 and 296
    // (measured 2026-11-24). mobileface_v2 has 298 at the three other metrics, cosine among them, which is the default.
    public static TheoryData<string, DistanceMetric, int> Cases
    {
        get
        {
            var data = new TheoryData<string, DistanceMetric, int>();
            foreach (var metric in Enum.GetValues<DistanceMetric>())
            {
                data.Add("FaceLite", metric, 297);
                data.Add("mobileface_v2", metric, metric == DistanceMetric.Euclidean ? 293 : 297);
                data.Add("mobilefacenet", metric, metric == DistanceMetric.Euclidean ? 296 : 297);
                data.Add("mobilefacenet_512", metric, 297);
                data.Add("Dlib", metric, 298);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Verify_AllPairsNative_AreRight(string model, DistanceMetric metric, int least)
    {
        double threshold = models.Recogniser(model).Thresholds[AlignmentMode.Native][metric];
        var embeddings = PairEmbeddings.Of(models, model, AlignmentMode.Native);
        List<string> wrong = [];
        foreach (var (first, second, same) in Golden.Pairs())
        {
            double distance = EmbeddingDistance.Between(embeddings[first], embeddings[second], metric);
            if (distance <= threshold != same)
            {
                wrong.Add($"{first} {second}: {distance} at {threshold}");
            }
        }

        wrong.Count.ShouldBeLessThanOrEqualTo(300 - least, string.Join(Environment.NewLine, wrong.Take(10)));
    }
}
