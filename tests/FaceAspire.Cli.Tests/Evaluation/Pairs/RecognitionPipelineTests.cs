using FaceAspire.Cli.Evaluation.Pairs;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Cli.Tests.Evaluation.Pairs;

public sealed class RecognitionPipelineTests : IDisposable
{
    private static readonly string[] _pictures = ["img5.jpg", "img10.jpg", "img11.jpg"];

    private readonly CommandModels _models = new(SharedMaterial.File("models"));

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Embed_SeveralRecognisersAtOnce_GivesWhatEachGivesAlone()
    {
        Recogniser[] recognisers = [.. from name in (string[])["FaceLite", "Dlib"]
                                       from alignment in (AlignmentMode[])[AlignmentMode.Native, AlignmentMode.DeepFace]
                                       select new Recogniser(_models.RecogniserNamed(name), alignment)];

        var together = Embed(recognisers);

        for (int i = 0; i < recognisers.Length; i++)
        {
            var alone = Embed(recognisers[i]);
            foreach (string picture in _pictures)
            {
                // Sums of a batch may be ordered otherwise; the crops of two alignments are 0.01 apart and more.
                EmbeddingDistance.Between(together[picture][i]!.Value, alone[picture][0]!.Value, DistanceMetric.Cosine).ShouldBeLessThan(1e-4, $"{recognisers[i]}, {picture}");
            }
        }
    }

    [Fact]
    public void Extract_DetectorWithoutEyesInDeepFacesCrop_GetsThemFromTheCascadeAsInTheService()
    {
        using var image = _models.Decoder.Decode(File.ReadAllBytes(SharedMaterial.Photo("img5.jpg")), TestContext.Current.CancellationToken);

        using var faces = _models.Extractor.Extract(image, new("ssd", [new(CropGeometry.Eyes, 112, 112)]), TestContext.Current.CancellationToken);

        faces.Count.ShouldBe(1);
        faces[0].Area.LeftEye.ShouldNotBeNull();
        faces[0].Area.RightEye.ShouldNotBeNull();
    }

    private IReadOnlyDictionary<string, Embedding?[]> Embed(params Recogniser[] recognisers) =>
        new RecognitionPipeline(_models, recognisers, "yunet").Embed(new(SharedMaterial.Photo("pairs.csv")), _pictures, TestContext.Current.CancellationToken);
}
