using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Recognition;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Recognition;

/// <summary>Our <c>alignment=deepface</c> against DeepFace's own pipeline with dlib's own network.</summary>
public sealed class DeepFaceDlibTests(VisionFixture models)
{
    private static readonly CropRecipe _recipe = new(CropGeometry.Eyes, 150, 150);

    public static TheoryData<string, bool> Photos
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string photo in (string[])["couple", "img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"])
            {
                data.Add(photo, true);
                data.Add(photo, false);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Photos))]
    public void Extract_GoldenPhoto_GivesDeepFacesCropAndEmbedding(string photo, bool align)
    {
        using var golden = SharedMaterial.Golden("deepface_dlib.json");
        var expected = golden.RootElement.GetProperty("faces").EnumerateArray().Single(face =>
            face.GetProperty("photo").GetString() == $"{photo}.jpg" && face.GetProperty("detector_backend").GetString() == "yunet" && face.GetProperty("align").GetBoolean() == align);
        using var reference = models.Decode(SharedMaterial.File("golden", expected.GetProperty("crop_png").GetString()!));
        var vector = Golden.Embedding(expected.GetProperty("embedding"));
        using var image = models.Decode(SharedMaterial.Photo($"{photo}.jpg"));

        using var faces = models.Extractor.Extract(image, new("yunet", [_recipe]) { MaxFaces = 1, Align = align }, TestContext.Current.CancellationToken);

        var crop = faces.ShouldHaveSingleItem().Crops[0];
        Golden.ShareWithin(crop, reference, levels: 2).ShouldBeGreaterThanOrEqualTo(0.99, photo);
        Golden.Cosine(models.Embed("Dlib", reference), vector).ShouldBeGreaterThanOrEqualTo(0.9999, photo);
        Golden.Cosine(models.Embed("Dlib", crop), vector).ShouldBeGreaterThanOrEqualTo(0.99, photo);
    }

    [Theory]
    [InlineData(DistanceMetric.Cosine, 3)]
    [InlineData(DistanceMetric.Euclidean, 4)]
    [InlineData(DistanceMetric.EuclideanL2, 5)]
    public void Distance_AllPairs_GivesDeepFacesVerdicts(DistanceMetric metric, int column)
    {
        using var golden = SharedMaterial.Golden("deepface_dlib.json");
        double threshold = models.Recogniser("Dlib").Thresholds[AlignmentMode.DeepFace][metric];
        var embeddings = PairEmbeddings.Of(models, "Dlib", AlignmentMode.DeepFace);
        List<string> wrong = [];
        foreach (var pair in golden.RootElement.GetProperty("pairs").EnumerateArray())
        {
            var (first, second) = (pair[0].GetString()!, pair[1].GetString()!);
            double expected = pair[column].GetDouble();
            double distance = EmbeddingDistance.Between(embeddings[first], embeddings[second], metric);
            if (distance <= threshold != (expected <= threshold) && Math.Abs(expected - threshold) > 0.01)
            {
                wrong.Add($"{first} {second}: {distance}, DeepFace {expected}");
            }
        }

        wrong.ShouldBeEmpty();
    }
}
