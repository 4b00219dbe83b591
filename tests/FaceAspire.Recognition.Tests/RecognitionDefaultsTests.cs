using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Tests;

public sealed class RecognitionDefaultsTests
{
    private static readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();
    private static readonly ModelStore _store = new(new() { ModelsCache = null }, NullLogger<ModelStore>.Instance);

    [Fact]
    public void Plan_NothingNamed_TakesWhatIsConfigured()
    {
        var plan = Plan(new() { DefaultModel = "DLIB", DefaultDetector = "Skip", DefaultMetric = "angular", DefaultAlignment = "DeepFace" });

        plan.Model.Name.ShouldBe("Dlib");
        plan.Detector.ShouldBe("skip");
        plan.Alignment.ShouldBe(AlignmentMode.DeepFace);
    }

    [Fact]
    public void Plan_EverythingNamed_TakesTheRequests()
    {
        var plan = Plan(new(), "mobilefacenet", "skip", AlignmentMode.DeepFace);

        plan.Model.Name.ShouldBe("mobilefacenet");
        plan.Detector.ShouldBe("skip");
        plan.Extraction.Detector.ShouldBe("skip");
        plan.Alignment.ShouldBe(AlignmentMode.DeepFace);
    }

    [Theory]
    [InlineData("Dlib", CropGeometry.Dlib, 150, 150)]
    [InlineData("mobilefacenet", CropGeometry.FivePoint, 96, 112)]
    public void Plan_Auto_IsTheCropTheModelWasTrainedWith(string model, CropGeometry geometry, int width, int height)
    {
        var plan = Plan(new(), model, alignment: AlignmentMode.Auto);

        plan.Alignment.ShouldBe(AlignmentMode.Native);
        plan.Extraction.Crops.ShouldHaveSingleItem().ShouldBe(new CropRecipe(geometry, width, height));
        plan.Input.ShouldBe(plan.Model.Input);
    }

    [Theory]
    [InlineData("Dlib", 150, 150)]
    [InlineData("mobilefacenet", 96, 112)]
    public void Plan_DeepFace_IsItsOneCropInTheModelsSize(string model, int width, int height)
    {
        var plan = Plan(new(), model, alignment: AlignmentMode.DeepFace);

        plan.Extraction.Crops.ShouldHaveSingleItem().ShouldBe(new CropRecipe(CropGeometry.Eyes, width, height));
        plan.Input.ShouldBe(plan.Model.DeepFaceInput ?? plan.Model.Input);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Plan_EnforceDetection_DecidesWhatAPictureWithoutFaceIs(bool enforced) =>
        Plan(new(), enforceDetection: enforced).Extraction.WholeImageWithoutFace.ShouldBe(!enforced);

    [Fact]
    public void Validate_NamesThatDoNotExist_ListsThoseThatDo()
    {
        var result = new RecognitionOptionsValidator(_catalog).Validate(
            name: null, new() { DefaultModel = "nobody", DefaultDetector = "nothing", DefaultMetric = "far", DefaultAlignment = "best" });

        result.Failures.ShouldBe(
        [
            "DEFAULT_MODEL: must be one of FaceLite, mobileface_v2, mobilefacenet, mobilefacenet_512, Dlib, VGG-Face, Facenet, Facenet512, OpenFace, DeepFace, DeepID, ArcFace, SFace, GhostFaceNet, Buffalo_L (value 'nobody')",
            "DEFAULT_DETECTOR: must be one of facelite, yunet, retinaface, scrfd, ssd, mediapipe, ultraface, yolov8, opencv, mtcnn, fastmtcnn, mmod, dlib, yolov8n, centerface, retinaface_resnet50, skip (value 'nothing')",
            "DEFAULT_METRIC: must be one of cosine, euclidean, euclidean_l2, angular (value 'far')",
            "DEFAULT_ALIGNMENT: must be one of auto, native, deepface (value 'best')",
        ]);
    }

    private static RecognitionPlan Plan(
        RecognitionOptions options, string? model = null, string? detector = null, AlignmentMode? alignment = null, bool enforceDetection = true) =>
        new RecognitionDefaults(Options.Create(options), _catalog, _store).Plan(
            model, detector, alignment, InputNormalization.Base, enforceDetection, align: true, expandPercentage: 0, maxFaces: null);
}
