using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using FaceAspire.Recognition.Caching;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Tests.Caching;

public sealed class EmbeddingKeysTests
{
    private static readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();
    private static readonly ModelStore _store = new(new() { ModelsCache = null }, NullLogger<ModelStore>.Instance);
    private static readonly byte[] _image = [1, 2, 3];
    private static readonly RecognitionPlan _plan = Plan(_catalog, new());

    /// <summary>Each differs from the plan in one thing.</summary>
    public static TheoryData<string> Changes => [.. Variations.Keys];

    private static Dictionary<string, RecognitionPlan> Variations => new()
    {
        ["detector"] = _plan with { Extraction = _plan.Extraction with { Detector = "yunet" } },
        ["no detector"] = _plan with { Extraction = _plan.Extraction with { Detector = "skip" } },
        ["alignment"] = _plan with { Alignment = AlignmentMode.DeepFace },
        ["normalization"] = _plan with { Normalization = InputNormalization.Facenet },
        ["crop's geometry"] = WithCrop(static crop => crop with { Geometry = CropGeometry.Square }),
        ["crop's width"] = WithCrop(static crop => crop with { Width = crop.Width + 1 }),
        ["crop's height"] = WithCrop(static crop => crop with { Height = crop.Height + 1 }),
        ["crop's margin"] = WithCrop(static crop => crop with { Margin = 1.25f }),
        ["align"] = _plan with { Extraction = _plan.Extraction with { Align = false } },
        ["expand"] = _plan with { Extraction = _plan.Extraction with { ExpandPercentage = 10 } },
        ["max faces"] = _plan with { Extraction = _plan.Extraction with { MaxFaces = 1 } },
        ["whole image"] = _plan with { Extraction = _plan.Extraction with { WholeImageWithoutFace = true } },
        ["liveness"] = _plan with { RequireReal = true },
        ["liveness' crops"] = _plan with { Extraction = _plan.Extraction with { Crops = [_plan.Extraction.Crops[0], new(CropGeometry.Surroundings, 80, 80, 2.7f)] } },
        ["model's file"] = _plan with { Model = _plan.Model with { Sha256 = new('a', 64) } },
        ["model's input"] = _plan with { Model = _plan.Model with { Input = _plan.Model.Input with { Scale = 2 } } },
        ["model's mean"] = _plan with { Model = _plan.Model with { Input = _plan.Model.Input with { Mean = [1, 2, 3] } } },
    };

    [Theory, MemberData(nameof(Changes))]
    public void Of_OneThingChanged_IsAnotherKey(string change) => KeyOf(Variations[change]).ShouldNotBe(KeyOf(_plan));

    [Fact]
    public void Of_AllVariations_AreDifferentKeys() => Variations.Values.Append(_plan).Select(KeyOf).ShouldBeUnique();

    [Fact]
    public void Of_AnotherPicture_IsAnotherKey()
    {
        var keys = Keys(_catalog, new());

        keys.Of([1, 2, 4], _plan).ShouldNotBe(keys.Of([1, 2, 3], _plan));
        keys.Of([1, 2], _plan).ShouldNotBe(keys.Of([1, 2, 3], _plan));
    }

    [Theory]
    [InlineData("facelite", 0)]
    [InlineData("mtcnn", 0)]
    [InlineData("mtcnn", 2)]
    public void Of_DetectorsFileChanged_IsAnotherKey(string detector, int file)
    {
        var plan = _plan with { Extraction = _plan.Extraction with { Detector = detector } };
        string hash = _catalog.Get(ModelTask.Detection, detector).Files[file].Sha256!;
        var changed = ModelCatalog.Parse(System.Text.Encoding.UTF8.GetBytes(Json().Replace(hash, new('b', 64), StringComparison.Ordinal)));

        Keys(changed, new()).Of(_image, plan).ShouldNotBe(KeyOf(plan));
    }

    [Fact]
    public void Of_LivenessFileChanged_IsAnotherKeyOfCheckedFacesOnly()
    {
        string network = _catalog.Get(ModelTask.Liveness, "minifasnet_v2").Sha256!;
        var changed = Keys(ModelCatalog.Parse(System.Text.Encoding.UTF8.GetBytes(Json().Replace(network, new('c', 64), StringComparison.Ordinal))), new());
        var asked = _plan with { RequireReal = true };

        changed.Of(_image, asked).ShouldNotBe(KeyOf(asked));
        changed.Of(_image, _plan).ShouldBe(KeyOf(_plan));
    }

    [Fact]
    public void Of_DetectorThatFindsLandmarksChanged_IsAnotherKey()
    {
        var plan = _plan with { Extraction = _plan.Extraction with { Detector = "skip" } };

        Keys(_catalog, new() { DefaultDetector = "yunet" }).Of(_image, plan).ShouldNotBe(KeyOf(plan));
    }

    [Fact]
    public void Of_TheSameTwice_IsTheSameKeyOfOneForm()
    {
        KeyOf(_plan).ShouldBe(KeyOf(Plan(_catalog, new())));
        KeyOf(_plan).ShouldMatch("^fa1:[0-9a-f]{64}$");
    }

    private static string KeyOf(RecognitionPlan plan) => Keys(_catalog, new()).Of(_image, plan);

    private static EmbeddingKeys Keys(ModelCatalog catalog, RecognitionOptions options) => new(catalog, _store, new(Options.Create(options), catalog, _store));

    private static RecognitionPlan Plan(ModelCatalog catalog, RecognitionOptions options) => new RecognitionDefaults(Options.Create(options), catalog, _store).Plan(
        model: null, detector: null, alignment: null, InputNormalization.Base, enforceDetection: true, align: true, expandPercentage: 0, maxFaces: null);

    private static RecognitionPlan WithCrop(Func<CropRecipe, CropRecipe> change) =>
        _plan with { Extraction = _plan.Extraction with { Crops = [change(_plan.Extraction.Crops[0])] } };

    private static string Json() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "models", "catalog.json"));
}
