using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Recognition;

/// <summary>Our recognisers against the vectors of the original implementations (dlib itself, the original torch code, executors of the MXNet and Caffe graphs).</summary>
public sealed class EmbeddingGoldenTests(VisionFixture models)
{
    private static readonly string[] _photos = ["couple", "img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"];

    public static TheoryData<string, string, string> Models => new()
    {
        { "mobileface_v2", "mobileface_v2.json", "arcface112" },
        { "mobilefacenet", "mobilefacenet.json", "sphereface112x96" },
        { "mobilefacenet_512", "mobilefacenet_512.json", "arcface112" },
        { "Dlib", "dlib_resnet.json", "dlib150" },
    };

    [Theory, MemberData(nameof(Models))]
    public void Embed_GoldenCrop_GivesTheReferenceVector(string model, string file, string crop)
    {
        using var golden = SharedMaterial.Golden(file);
        foreach (string photo in _photos)
        {
            using var pixels = models.Decode(SharedMaterial.File("golden", "crops", $"{photo}.{crop}.png"));
            var expected = Golden.Embedding(golden.RootElement.GetProperty("embeddings").GetProperty(photo));

            var embedding = models.Embed(model, pixels);

            embedding.Dimension.ShouldBe(models.Recogniser(model).Dimension);
            Golden.Cosine(embedding, expected).ShouldBeGreaterThanOrEqualTo(0.9999, $"{model} {photo}");
        }
    }

    [Theory]
    [InlineData("mobileface_v2", "mobileface_v2.json")]
    [InlineData("mobilefacenet", "mobilefacenet.json")]
    [InlineData("mobilefacenet_512", "mobilefacenet_512.json")]
    [InlineData("Dlib", "dlib_resnet.json")]
    public void Embed_PhotoEndToEnd_GivesTheReferenceVector(string model, string file)
    {
        using var golden = SharedMaterial.Golden(file);
        foreach (string photo in _photos)
        {
            if (photo == "selfie-many-people")
            {
                continue; // The golden crop is of its largest box at threshold 0.7, which is no face at the detector's 0.9.
            }

            var expected = Golden.Embedding(golden.RootElement.GetProperty("embeddings").GetProperty(photo));

            var embedding = models.EmbedPhoto(model, SharedMaterial.Photo($"{photo}.jpg"), AlignmentMode.Native);

            Golden.Cosine(embedding, expected).ShouldBeGreaterThanOrEqualTo(0.99, $"{model} {photo}");
        }
    }

    [Fact]
    public void Embed_SeveralCrops_GivesEachItsOwnVector()
    {
        string[] files = [.. _photos.Select(static photo => SharedMaterial.File("golden", "crops", $"{photo}.arcface112.png"))];
        var crops = files.Select(models.Decode).ToList();

        // More than one batch of 16.
        var many = models.Embedder("mobileface_v2").Embed([.. crops, .. crops, .. crops], InputNormalization.Base, TestContext.Current.CancellationToken);

        many.Length.ShouldBe(24);
        for (int i = 0; i < many.Length; i++)
        {
            Golden.Cosine(many[i], models.Embed("mobileface_v2", crops[i % crops.Count])).ShouldBeGreaterThan(0.99999, $"crop {i}");
        }

        crops.ForEach(static crop => crop.Dispose());
    }
}
