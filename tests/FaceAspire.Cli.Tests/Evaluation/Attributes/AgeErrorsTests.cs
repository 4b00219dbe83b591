using FaceAspire.Cli.Evaluation.Attributes;

namespace FaceAspire.Cli.Tests.Evaluation.Attributes;

public sealed class AgeErrorsTests
{
    [Fact]
    public void Of_ExactAgesAndRanges_AreMeasuredApart()
    {
        var errors = AgeErrors.Of(
        [
            (new(30, 30), 33), // 3 off
            (new(61, 61), 56), // 5 off
            (new(20, 29), 20), // in the range, at its end
            (new(20, 29), 29), // the same
            (new(20, 29), 17), // 3 below
            (new(70, 110), 61), // 9 below
            (new(0, 2), 6), // 4 above
        ]);

        errors.ShouldBe(new AgeErrors(ExactCount: 2, MeanAbsoluteError: 4, RangeCount: 5, InRange: 0.4, MeanDistance: 3.2));
    }

    [Fact]
    public void Of_NoFaces_HasNoMeans() => AgeErrors.Of([]).ShouldBe(new AgeErrors(0, null, 0, null, null));

    [Theory]
    [InlineData(0, 0, "0-2")]
    [InlineData(2.9f, 2.9f, "0-2")]
    [InlineData(3, 3, "3-9")]
    [InlineData(10, 19, "10-19")]
    [InlineData(60, 69, "60-69")]
    [InlineData(70, 110, "70+")]
    [InlineData(116, 116, "70+")]
    public void Band_OfAnAgeOrARange_IsFairFaces(float min, float max, string band) => new AgeLabel(min, max).Band.ShouldBe(band);
}
