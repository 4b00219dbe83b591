using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Attributes;

/// <summary>Our attribute models against the reference outputs on the same crops.</summary>
public sealed class AttributeGoldenTests(VisionFixture models)
{
    private const double Tolerance = 1e-3;
    private const double Trace = 1e-12;

    private static readonly string[] _photos = ["couple", "img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"];

    // face-api's words for DeepFace's classes, where its goldens have others.
    private static readonly Dictionary<string, string> _faceApiWords = new()
    {
        ["Man"] = "male",
        ["Woman"] = "female",
        ["fear"] = "fearful",
        ["disgust"] = "disgusted",
        ["surprise"] = "surprised",
    };

    // Golden file, its member, crop, model of the catalogue, and what it tells.
    public static TheoryData<string, string?, string, string, AttributeAction> Cases => new()
    {
        { "age_gender.json", "gender", "square112", "age_gender", AttributeAction.Gender },
        { "gear.json", "race", "square198", "gear", AttributeAction.Race },
        { "face_expression.json", null, "square112", "face_expression", AttributeAction.Emotion },
        { "fer_mini_xception.json", null, "square64", "fer_mini_xception", AttributeAction.Emotion },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Run_GoldenCrop_GivesTheReferenceProbabilities(string file, string? member, string crop, string model, AttributeAction action)
    {
        using var golden = SharedMaterial.Golden(file);
        var (entry, network) = models.Attributes(model);
        var output = entry.Outputs.Single(output => output.Action == action);
        foreach (string photo in _photos)
        {
            var expected = golden.RootElement.GetProperty("crops").GetProperty(photo);
            expected = member is null ? expected : expected.GetProperty(member);
            using var pixels = models.Decode(SharedMaterial.File("golden", "crops", $"{photo}.{crop}.png"));

            float[] actual = network.Run(pixels, outputs => outputs[output.Tensor].ToArray(), TestContext.Current.CancellationToken);

            // The golden has a name at every number: the catalogue's order of classes is checked with the numbers.
            actual.Length.ShouldBe(output.Classes.Count);
            foreach (var (probability, name) in actual.Zip(output.Classes))
            {
                string word = expected.TryGetProperty(name, out _) ? name : _faceApiWords[name];
                double wanted = expected.GetProperty(word).GetDouble();
                ((double)probability).ShouldBe(wanted, Tolerance, $"{model} {photo} {name}");

                // Some photos show no trace of some classes: their order shows in how little of a trace.
                Math.Log(Math.Max(probability, Trace)).ShouldBe(Math.Log(Math.Max(wanted, Trace)), 0.1, $"{model} {photo} {name}");
            }
        }
    }

    [Fact]
    public void Run_GoldenCrop_GivesTheReferenceAge()
    {
        using var golden = SharedMaterial.Golden("age_gender.json");
        var (_, network) = models.Attributes("age_gender");
        foreach (string photo in _photos)
        {
            using var pixels = models.Decode(SharedMaterial.File("golden", "crops", $"{photo}.square112.png"));

            float age = network.Run(pixels, static outputs => outputs["age"][0], TestContext.Current.CancellationToken);

            ((double)age).ShouldBe(golden.RootElement.GetProperty("crops").GetProperty(photo).GetProperty("age").GetDouble(), 0.01, photo);
        }
    }

    [Theory]
    [InlineData(29.9f, 29)]
    [InlineData(-3.5f, 0)]
    public void Of_Years_AreWholeAndNotNegative(float years, int expected) => ApparentAge.Of([years]).ShouldBe(expected);

    [Fact]
    public void Of_OtherRace_IsSplitOverTheTwoClassesThatTheNetworkLacks()
    {
        var shares = ClassPercentages.Of(AttributeAction.Race, [0.5f, 0.1f, 0.1f, 0.1f, 0.2f], ["white", "black", "asian", "indian", "other"]);

        shares.Keys.ShouldBe(["asian", "indian", "black", "white", "middle eastern", "latino hispanic"]);
        shares["white"].ShouldBe(50, 1e-4);
        shares["middle eastern"].ShouldBe(10, 1e-4);
        shares["latino hispanic"].ShouldBe(10, 1e-4);
        ClassPercentages.Dominant(shares).ShouldBe("white");
    }

    [Fact]
    public void Of_AnyProbabilities_SumsToOneHundred()
    {
        var emotions = DeepFaceClasses.Emotion;
        var values = Gen.ArrayOf(Gen.Choose(0, 10_000).Select(static value => value / 10_000f), emotions.Count);
        Prop.ForAll(values.ToArbitrary(), probabilities =>
        {
            var shares = ClassPercentages.Of(AttributeAction.Emotion, probabilities, emotions);
            return Math.Abs(shares.Values.Sum() - 100) < 1e-6 && shares.Values.All(static share => share is >= 0 and <= 100);
        }).QuickCheckThrowOnFailure();
    }
}
