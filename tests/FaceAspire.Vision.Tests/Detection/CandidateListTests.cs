using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Detection;

public sealed class CandidateListTests
{
    [Fact]
    public void Suppress_AnyBoxes_IsWhatNonMaxSuppressionKeeps()
    {
        var boxes =
            from x in Gen.Choose(0, 300)
            from y in Gen.Choose(0, 300)
            from width in Gen.Choose(1, 200)
            from height in Gen.Choose(1, 200)
            from score in Gen.Choose(1, 1_000)
            select new DetectedFace(new(x, y, width, height), [], score / 1_000f);
        Prop.ForAll(boxes.ListOf().ToArbitrary(), list =>
        {
            using var candidates = new CandidateList(1_000, 1_000);
            foreach (var face in list)
            {
                candidates.Add(face.Box, face.Confidence, level: 0, anchor: 0);
            }

            var kept = candidates.Suppress(0.4f).ToArray();
            return kept.Select(static candidate => candidate.Box).SequenceEqual(
                NonMaxSuppression.Suppress([.. list], 0.4f, static face => face.Box).Select(static face => face.Box));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 2)] // 1 × 2 of 2 × 2 + 2 × 2: IoU 1/3
    [InlineData(1, 1)] // 2 × 3 of 3 × 3 + 3 × 3: IoU 1/2
    public void Suppress_BothEdgesOfABoxCount_OverlapIsLarger(float pixel, int kept)
    {
        using var candidates = new CandidateList(100, 100);
        candidates.Add(new(0, 0, 2, 2), 0.9f, level: 0, anchor: 0);
        candidates.Add(new(1, 0, 2, 2), 0.8f, level: 0, anchor: 1);

        candidates.Suppress(0.4f, pixel).Length.ShouldBe(kept);
    }

    [Fact]
    public void Suppress_SortedToALimit_LooksAtTheBestOnly()
    {
        using var candidates = new CandidateList(100, 100);
        for (int i = 0; i < 1_000; i++)
        {
            candidates.Add(new(10 * i, 0, 5, 5), (i + 1) / 1_000f, level: 1, anchor: i);
        }

        candidates.Sort(limit: 3);

        candidates.Suppress(0.4f).ToArray().Select(static candidate => (candidate.Level, candidate.Anchor)).ShouldBe([(1, 999), (1, 998), (1, 997)]);
    }

    [Theory]
    [InlineData(10, 10, true)]
    [InlineData(150, 75, true)]
    [InlineData(150.1f, 10, false)]
    [InlineData(10, 75.1f, false)]
    [InlineData(0, 10, false)]
    [InlineData(-1, 10, false)]
    [InlineData(float.PositiveInfinity, 10, false)]
    [InlineData(float.NaN, 10, false)]
    public void Add_BoxOfThatSize_IsTakenUpToOneAndAHalfTimesThePicture(float width, float height, bool taken)
    {
        using var picture = new PixelBuffer(100, 50);
        using var candidates = CandidateList.For(DetectorFrame.Padded(picture));

        candidates.Add(new(0, 0, width, height), 0.9f, level: 0, anchor: 0);

        candidates.Items.Length.ShouldBe(taken ? 1 : 0);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Add_CornerThatIsNoNumber_IsNotTaken(float x)
    {
        using var candidates = new CandidateList(100, 100);

        candidates.Add(new(x, 0, 10, 10), 0.9f, level: 0, anchor: 0);

        candidates.Items.Length.ShouldBe(0);
    }
}
