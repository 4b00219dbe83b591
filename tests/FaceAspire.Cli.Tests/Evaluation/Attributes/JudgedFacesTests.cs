using FaceAspire.Cli.Evaluation.Attributes;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Tests.Evaluation.Attributes;

public sealed class JudgedFacesTests
{
    private readonly JudgedFaces _faces = new(
    [
        Face(age: 5, "Man", toldAge: 8, "Man"), // 3 off
        Face(age: 64, "Man", toldAge: 60, "Woman"), // 4 off
        Face(age: 66, "Woman", toldAge: 66, "Woman"), // right
        Face(age: null, "Woman", toldAge: 20, "Man"),
        Face(age: 30, gender: null, toldAge: 31, "Man"), // 1 off
        Face(age: 30, "Man", toldAge: null, toldGender: null),
    ]);

    [Fact]
    public void Figures_CountWhatIsBothKnownAndTold()
    {
        _faces.Count.ShouldBe(6);
        (_faces.Ages.ExactCount, _faces.Ages.MeanAbsoluteError).ShouldBe((4, 2));
        var gender = _faces.Classes(AttributeAction.Gender);
        (gender.Count, gender.Accuracy).ShouldBe((4, 0.5));
        _faces.Classes(AttributeAction.Race).Count.ShouldBe(0);
    }

    [Fact]
    public void Groups_AreByLabelInTheirOrder()
    {
        _faces.ByAge().Select(static band => (band.Group, band.Faces.Count, band.Faces.Ages.MeanAbsoluteError)).ShouldBe([("3-9", 1, 3.0), ("30-39", 2, 1.0), ("60-69", 2, 2.0)]);
        _faces.By(AttributeAction.Gender).Select(static group => (group.Group, group.Faces.Count, group.Faces.Classes(AttributeAction.Gender).Accuracy))
            .ShouldBe([("Woman", 2, 0.5), ("Man", 3, 0.5)]);
        _faces.By(AttributeAction.Race).ShouldBeEmpty();
    }

    private static JudgedFace Face(float? age, string? gender, int? toldAge, string? toldGender) => new(
        new("a.jpg", age is { } known ? new(known, known) : null, Genders(gender)),
        new(Detected: true, toldAge, Genders(toldGender)));

    private static Dictionary<AttributeAction, string> Genders(string? gender) => gender is null ? [] : new() { [AttributeAction.Gender] = gender };
}
