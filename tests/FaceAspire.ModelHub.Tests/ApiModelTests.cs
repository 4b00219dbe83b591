using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub.Internal;
using Microsoft.Extensions.Options;

namespace FaceAspire.ModelHub.Tests;

/// <summary>The models that the API names, and who answers <c>analyze</c>.</summary>
public sealed class ApiModelTests
{
    private static readonly ModelCatalog _catalog = ModelCatalog.LoadDefault();

    // Name, numbers in an embedding, width and height of the input: deepface-facts, section 1.
    public static TheoryData<string, int, int, int> Recognisers => new()
    {
        { "VGG-Face", 4096, 224, 224 }, { "Facenet", 128, 160, 160 }, { "Facenet512", 512, 160, 160 }, { "OpenFace", 128, 96, 96 },
        { "DeepFace", 4096, 152, 152 }, { "DeepID", 160, 47, 55 }, { "ArcFace", 512, 112, 112 }, { "GhostFaceNet", 512, 112, 112 }, { "Buffalo_L", 512, 112, 112 },
    };

    [Theory, MemberData(nameof(Recognisers))]
    public void DeepFaceInput_OfAKerasRecogniser_IsBlueFirstSharesOfTheFaceInItsOwnSize(string name, int dimension, int width, int height)
    {
        var entry = _catalog.Get(ModelTask.Recognition, name);
        var input = entry.InputUnder(AlignmentMode.DeepFace);

        (entry.Dimension, input.Width, input.Height, input.Color, input.TakesShares).ShouldBe((dimension, width, height, ColorOrder.Bgr, true));
        entry.CropUnder(AlignmentMode.DeepFace).ShouldBe(new CropRecipe(CropGeometry.Eyes, 0, 0));
        entry.CropUnder(AlignmentMode.Native).Width.ShouldBe(width);
        entry.Resolve(AlignmentMode.Auto).ShouldBe(AlignmentMode.DeepFace, "its native crop was not measured");
        entry.MakesUnitLength.ShouldBe(name == "VGG-Face");
        entry.Origin.ShouldNotBeNull();
    }

    [Fact]
    public void SFace_UnderBothAlignments_TakesBytesRedFirst()
    {
        var entry = _catalog.Get(ModelTask.Recognition, "SFace");

        entry.InputUnder(AlignmentMode.DeepFace).TakesBytes.ShouldBeTrue();
        entry.InputUnder(AlignmentMode.DeepFace).Color.ShouldBe(ColorOrder.Rgb);
        entry.CropUnder(AlignmentMode.DeepFace).ShouldBe(new CropRecipe(CropGeometry.Eyes, 112, 112));
    }

    [Fact]
    public void Answerers_NothingChosen_AreTheCataloguesFirst()
    {
        var answerers = new AttributeAnswerers(_catalog, Options.Create(new AttributeModelOptions()));

        answerers.Models.ShouldHaveSingleItem().Name.ShouldBe("facelite");
    }

    [Fact]
    public void Answerers_SeveralChosen_AreTheFirstThatCan()
    {
        var answerers = new AttributeAnswerers(_catalog, Options.Create(new AttributeModelOptions { AttributeModels = "deepface_age, FER_mini_xception ,facelite" }));

        answerers[AttributeAction.Age].Name.ShouldBe("deepface_age");
        answerers[AttributeAction.Emotion].Name.ShouldBe("fer_mini_xception");
        answerers[AttributeAction.Race].Name.ShouldBe("facelite");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("facelite", null)]
    [InlineData("deepface_age,deepface_gender,deepface_race,deepface_emotion", null)]
    [InlineData("deepface_age,nobody", "ATTRIBUTE_MODELS: must be names of facelite, age_gender, gear, fer_mini_xception, face_expression, deepface_age, deepface_gender, deepface_race, deepface_emotion, separated by commas (value 'deepface_age,nobody')")]
    [InlineData("deepface_age,age_gender", "ATTRIBUTE_MODELS: none of them tells emotion, race (value 'deepface_age,age_gender')")]
    public void Validate_AttributeModels_AnswersWithOneReadableLine(string? value, string? failure) =>
        new AttributeModelOptionsValidator(_catalog).Validate(name: null, new() { AttributeModels = value }).FailureMessage.ShouldBe(failure);
}
