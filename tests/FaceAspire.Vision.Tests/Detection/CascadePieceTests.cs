using System.Numerics;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Detection.Dlib;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>The pieces that cascades and pyramids are made of, on numbers counted by hand.</summary>
public sealed class CascadePieceTests
{
    private static readonly AreaPooling _whole = new(Fractional: false, Mean: 0, Scale: 1);

    [Fact]
    public void Suppress_ChainOfOverlaps_KeepsTheLastOnlyWhenWhatWentTakesNothingWithIt()
    {
        // Each shares 6 of 10 columns with the next, 60 of 140 with it, and 20 of 180 with the one after.
        CascadeBox[] chain = [Box(0, 0.9f), Box(4, 0.8f), Box(8, 0.7f)];

        Kept(chain, new(BySmaller: false, Border: 0, ByGone: false), 0.4f).ShouldBe([0.9f, 0.7f]);
        Kept(chain, new(BySmaller: false, Border: 0, ByGone: true), 0.4f).ShouldBe([0.9f]);
        Kept(chain, new(BySmaller: false, Border: 0, ByGone: true), 0.5f).ShouldBe([0.9f, 0.8f, 0.7f]);
        Kept(chain, new(BySmaller: true, Border: 0, ByGone: false), 0.5f).ShouldBe([0.9f, 0.7f]);
    }

    [Fact]
    public void Overlap_HandCountedBoxes_IsTheShareOfUnionOrSmaller()
    {
        var large = new Vector4(0, 0, 10, 10);
        var small = new Vector4(5, 0, 9, 20);

        new CascadeSuppression(BySmaller: false, Border: 0, ByGone: false).Overlap(large, small).ShouldBe(40f / 140);
        new CascadeSuppression(BySmaller: true, Border: 0, ByGone: false).Overlap(large, small).ShouldBe(40f / 80);
        new CascadeSuppression(BySmaller: true, Border: 1, ByGone: false).Overlap(large, small).ShouldBe(55f / 105);
        new CascadeSuppression(BySmaller: true, Border: 0, ByGone: false).Overlap(large, large + new Vector4(10, 0, 10, 0)).ShouldBe(0);
    }

    [Fact]
    public void ToSquare_TallBox_KeepsItsMiddleAndItsHeight() =>
        new CascadeBox(new(10, 10, 20, 40), default, 0, 0).ToSquare().Corners.ShouldBe(new(0, 10, 30, 40));

    [Fact]
    public void Add_MoreThanTwiceTheLimit_KeepsTheBest()
    {
        using var candidates = new BestCandidates<CascadeBox>(limit: 300);
        for (int i = 0; i < 5_000; i++)
        {
            candidates.Add(new(default, default, i * 7919 % 5_000 / 5_000f, i));
        }

        candidates.Count.ShouldBeInRange(300, 600);
        var scores = candidates.Items.ToArray().Select(static box => box.Score).OrderDescending().Take(300);
        scores.ShouldBe(Enumerable.Range(0, 300).Select(static i => (4_999 - i) / 5_000f));
    }

    [Fact]
    public void Pool_ThreeColumnsToTwo_CountsTheMiddleOneTwiceOrInHalves()
    {
        using var image = Gray([0, 60, 240]);
        float[] tensor = new float[6];

        _whole.Pool(image, new(0, 0, 3, 1), 2, 1, new(0, 0, 2, 1), tensor);
        tensor.ShouldBe([30, 150, 30, 150, 30, 150], 1e-3);

        (_whole with { Fractional = true }).Pool(image, new(0, 0, 3, 1), 2, 1, new(0, 0, 2, 1), tensor);
        tensor.ShouldBe([20, 180, 20, 180, 20, 180], 1e-3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pool_WindowOfTheResult_IsThatPartOfIt(bool fractional)
    {
        using var image = new PixelBuffer(97, 61);
        new Random(7).NextBytes(image.Pixels);
        var pooling = new AreaPooling(fractional, Mean: 127.5f, Scale: 1 / 128f);
        const int Width = 41, Height = 29;
        float[] whole = new float[3 * Width * Height];
        pooling.Pool(image, new(3, 5, 90, 50), Width, Height, new(0, 0, Width, Height), whole);

        var window = new PixelBox(11, 7, 20, 13);
        float[] part = new float[3 * window.Width * window.Height];
        pooling.Pool(image, new(3, 5, 90, 50), Width, Height, window, part);

        for (int channel = 0; channel < 3; channel++)
        {
            for (int y = 0; y < window.Height; y++)
            {
                part.AsSpan(((channel * window.Height) + y) * window.Width, window.Width)
                    .SequenceEqual(whole.AsSpan((((channel * Height) + window.Y + y) * Width) + window.X, window.Width)).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Cut_PatchOverTheEdge_IsZeroOutside()
    {
        using var image = Gray([100, 200]);
        float[] tensor = new float[12];

        // From one column before the first to the first, both rows on the only one.
        new BilinearPatch(Mean: 0, Scale: 1).Cut(image, new(-1, 0, 0, 0), 2, tensor);

        tensor.ShouldBe([0, 100, 0, 100, 0, 100, 0, 100, 0, 100, 0, 100]);
    }

    [Theory]
    [InlineData(11, 1)]
    [InlineData(12, 1)]
    [InlineData(13, 2)]
    [InlineData(14, 2)]
    [InlineData(10, 0)]
    [InlineData(1, 0)]
    public void CellCount_SideOfALevel_IsThatOfTheNetwork(int side, int cells) => MtcnnCascade.CellCount(side).ShouldBe(cells);

    [Fact]
    public void Overlaps_HandCountedRectangles_AreMeasuredAgainstTheRectangleAroundBoth()
    {
        // Ten by ten each, five by five in common, fifteen by fifteen around both.
        DlibRectangle first = new(0, 0, 9, 9);
        DlibRectangle second = new(5, 5, 14, 14);

        first.Overlaps(second, ofUnion: 0.11, ofEither: 1).ShouldBeTrue();
        first.Overlaps(second, ofUnion: 0.12, ofEither: 1).ShouldBeFalse();
        first.Overlaps(second, ofUnion: 1, ofEither: 0.24).ShouldBeTrue();
        first.Overlaps(second, ofUnion: 1, ofEither: 0.26).ShouldBeFalse();
        first.Overlaps(new(10, 0, 19, 9), ofUnion: 0, ofEither: 0).ShouldBeFalse();
    }

    [Fact]
    public void Resize_DlibsWay_KeepsTheFirstAndTheLastPixelAndCutsFractionsOff()
    {
        using var image = Gray([0, 255]);

        using var cut = DlibResizer.Resize(image, 4, 1, rounded: false);
        using var rounded = DlibResizer.Resize(image, 3, 1, rounded: true);

        cut.Pixels.ToArray().Where(static (_, i) => i % 3 == 0).ShouldBe([0, 85, 170, 255]);
        rounded.Pixels.ToArray().Where(static (_, i) => i % 3 == 0).ShouldBe([0, 128, 255]);
    }

    [Theory]
    [InlineData(600, 800)]
    [InlineData(1, 1)]
    [InlineData(5_000, 3)]
    [InlineData(3, 5_000)]
    public void Of_AnySize_PutsLevelsOnTheSheetApartFromEachOther(int width, int height)
    {
        var sheet = MmodSheet.Of(width, height);

        sheet.Levels[0].ShouldBe(new(11, 11, width, height));
        sheet.Levels.ShouldAllBe(level => level.X >= 0 && level.Y >= 0 && level.X + level.Width <= sheet.Width && level.Y + level.Height <= sheet.Height);
        for (int i = 0; i < sheet.Levels.Count; i++)
        {
            var (a, rest) = (sheet.Levels[i], sheet.Levels.Skip(i + 1));
            rest.ShouldAllBe(b => b.X >= a.X + a.Width || a.X >= b.X + b.Width || b.Y >= a.Y + a.Height || a.Y >= b.Y + b.Height);
            sheet.Nearest(a.X + (a.Width / 2), a.Y + (a.Height / 2)).ShouldBe(i);
        }
    }

    private static CascadeBox Box(float x, float score) => new(new(x, 0, x + 10, 10), default, score, 0);

    private static float[] Kept(CascadeBox[] boxes, CascadeSuppression rule, float threshold)
    {
        CascadeBox[] copy = [.. boxes.Reverse()];
        int count = rule.Suppress(copy, threshold);
        return [.. copy.Take(count).Select(static box => box.Score)];
    }

    private static PixelBuffer Gray(ReadOnlySpan<byte> row)
    {
        var image = new PixelBuffer(row.Length, 1);
        for (int i = 0; i < row.Length; i++)
        {
            image.Pixels.Slice(3 * i, 3).Fill(row[i]);
        }

        return image;
    }
}
