using FaceAspire.Vision.Detection;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Detection;

public sealed class NonMaxSuppressionTests
{
    [Fact]
    public void Suppress_TwoOverlapAndOneApart_KeepsTheBetterAndTheOther()
    {
        // The first two share 80 × 100 of 120 × 100: IoU 0.667.
        var better = Face(0, 0, 100, 100, 0.9f);
        var worse = Face(20, 0, 100, 100, 0.8f);
        var apart = Face(300, 0, 100, 100, 0.7f);

        NonMaxSuppression.Suppress([apart, worse, better], 0.5f, static face => face.Box).ShouldBe([better, apart]);
        NonMaxSuppression.Suppress([apart, worse, better], 0.7f, static face => face.Box).ShouldBe([better, worse, apart]);
    }

    [Fact]
    public void Iou_HandCountedBoxes_IsTheShareOfTheUnion()
    {
        new FaceBox(0, 0, 4, 4).Iou(new(2, 2, 4, 4)).ShouldBe(4f / 28);
        new FaceBox(0, 0, 4, 4).Iou(new(4, 0, 4, 4)).ShouldBe(0);
        new FaceBox(1, 1, 2, 2).Iou(new(1, 1, 2, 2)).ShouldBe(1);
        new FaceBox(0, 0, 0, 0).Iou(new(0, 0, 0, 0)).ShouldBe(0);
    }

    [Fact]
    public void Suppress_AnyFaces_KeepsNoTwoThatOverlapAndDropsNoneThatDoesNot()
    {
        var faces =
            from x in Gen.Choose(0, 300)
            from y in Gen.Choose(0, 300)
            from width in Gen.Choose(1, 200)
            from height in Gen.Choose(1, 200)
            from score in Gen.Choose(0, 1_000)
            select Face(x, y, width, height, score / 1_000f);
        Prop.ForAll(faces.ListOf().ToArbitrary(), list =>
        {
            const float Threshold = 0.3f;
            var kept = NonMaxSuppression.Suppress([.. list], Threshold, static face => face.Box);
            bool apart = kept.All(a => kept.All(b => ReferenceEquals(a, b) || a.Box.Iou(b.Box) <= Threshold));
            bool complete = list.All(face => kept.Any(k => ReferenceEquals(k, face) || (k.Box.Iou(face.Box) > Threshold && k.Confidence >= face.Confidence)));
            return apart && complete;
        }).QuickCheckThrowOnFailure();
    }

    private static DetectedFace Face(float x, float y, float width, float height, float score) => new(new(x, y, width, height), [], score);
}
