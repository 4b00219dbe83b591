using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Recognition;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Extraction;

/// <summary>Every <c>detector_backend</c> with every <c>model_name</c> of the three crops that there are natively: five points, dlib's, and our own.</summary>
public sealed class DetectorAndModelTests(VisionFixture models)
{
    private static readonly string[] _recognisers = ["FaceLite", "mobileface_v2", "Dlib"];

    public static TheoryData<string> Detectors => [.. ModelCatalog.LoadDefault().Of(ModelTask.Detection).Select(static entry => entry.Name), ApiNames.SkipDetector];

    [Theory, MemberData(nameof(Detectors))]
    public void Verify_EveryModel_TellsThePeopleApart(string detector)
    {
        var first = Embed(detector, "img20.jpg");
        var same = Embed(detector, "img21.jpg");
        var other = Embed(detector, "img11.jpg");

        for (int i = 0; i < _recognisers.Length; i++)
        {
            double threshold = models.Recogniser(_recognisers[i]).Thresholds[AlignmentMode.Native][DistanceMetric.Cosine];
            EmbeddingDistance.Between(first[i], same[i], DistanceMetric.Cosine).ShouldBeLessThan(threshold, _recognisers[i]);
            EmbeddingDistance.Between(first[i], other[i], DistanceMetric.Cosine).ShouldBeGreaterThan(threshold, _recognisers[i]);
        }
    }

    /// <summary>The embeddings of the largest face by each recogniser.</summary>
    private Embedding[] Embed(string detector, string photo)
    {
        using var image = models.Decode(SharedMaterial.Photo(photo));
        var options = new ExtractionOptions(detector, [.. _recognisers.Select(name => models.CropOf(name, AlignmentMode.Native))]) { MaxFaces = 1 };
        using var faces = models.Extractor.Extract(image, options, TestContext.Current.CancellationToken);
        var crops = faces.ShouldHaveSingleItem(photo).Crops;
        return [.. _recognisers.Zip(crops, models.Embed)];
    }
}
