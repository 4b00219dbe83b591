using FaceAspire.Testing;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Attributes;

public sealed class ApparentAgeTests(VisionFixture models)
{
    [Fact]
    public void Of_ProbabilitiesOfYears_IsTheirMeanTruncated()
    {
        float[] probabilities = new float[101];
        (probabilities[20], probabilities[31]) = (0.5f, 0.5f);

        ApparentAge.Of(probabilities).ShouldBe(25); // 25.5
    }

    [Fact]
    public void Of_OneNumber_IsItTruncated() => ApparentAge.Of([33.9f]).ShouldBe(33);

    // A8 of DeepFace's own tests: the same face twice through each network gives the same twice; and once alone.
    [Theory]
    [InlineData("facelite")]
    [InlineData("age_gender")]
    [InlineData("gear")]
    [InlineData("fer_mini_xception")]
    [InlineData("face_expression")]
    public void Run_SameCropTwice_GivesTheSameTwice(string model)
    {
        var (entry, network) = models.Attributes(model);
        using var photo = models.Decode(SharedMaterial.Photo("img5.jpg"));
        using var crop = Resizer.Resize(photo, entry.Input.Width, entry.Input.Height, Interpolation.Bilinear);
        foreach (var output in entry.Outputs)
        {
            float[] once = network.Run(crop, outputs => outputs[output.Tensor].ToArray(), TestContext.Current.CancellationToken);
            float[] twice = network.Run([crop, crop], outputs => outputs[output.Tensor].ToArray(), TestContext.Current.CancellationToken);

            twice.ShouldBe([.. once, .. once], 1e-4);
        }
    }
}
