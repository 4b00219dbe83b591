using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Alignment;

public sealed class SquareCropTests(VisionFixture models)
{
    public static TheoryData<string, string, int, float> Crops
    {
        get
        {
            var data = new TheoryData<string, string, int, float>();
            foreach (string photo in (string[])["img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"])
            {
                data.Add(photo, "square112", 112, 1);
                data.Add(photo, "square64", 64, 1);
                data.Add(photo, "square198", 198, 1);
                data.Add(photo, "square64_ctx15", 64, 1.5f);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Crops))]
    public void Cut_GoldenBox_GivesTheReferenceCrop(string photo, string name, int side, float margin)
    {
        using var golden = SharedMaterial.Golden("crops.json");
        var crop = golden.RootElement.GetProperty("crops").GetProperty(photo);
        var box = crop.GetProperty("box_xywh");
        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));

        using var cut = SquareCrop.Cut(image, new FaceBox(box[0].GetSingle(), box[1].GetSingle(), box[2].GetSingle(), box[3].GetSingle()), margin, side, side);

        using var reference = models.Decode(SharedMaterial.File("golden", crop.GetProperty("files").GetProperty(name).GetProperty("file").GetString()!));
        Golden.ShareWithin(cut, reference, levels: 2).ShouldBeGreaterThanOrEqualTo(0.99, $"{photo} {name}");
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(1.3f)]
    public void Cut_FineCheckerboardOfManyPixels_IsItsMean(float margin)
    {
        using var board = new PixelBuffer(6_000, 6_000);
        for (int y = 0; y < board.Height; y++)
        {
            var row = board.Row(y);
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = ((i / PixelBuffer.Channels) + y) % 2 == 0 ? byte.MinValue : byte.MaxValue;
            }
        }

        using var cut = SquareCrop.Cut(board, new FaceBox(0, 0, 6_000, 6_000), margin, 112, 112);

        // Half of 255, give or take the edge pixels that two results share. With a margin a little over a tenth of the crop is black on every side.
        var inside = Enumerable.Range(14, 84).SelectMany(y => cut.Row(y)[(14 * 3)..(98 * 3)].ToArray());
        inside.ShouldAllBe(static value => value >= 126 && value <= 129);
        cut.Row(0)[0].ShouldBeInRange(margin == 1 ? (byte)126 : (byte)0, margin == 1 ? (byte)129 : (byte)0);
    }

    [Fact]
    public void Cut_AnySquareThatShrinks_IsTheAreaMeanOfTheBorderedSquare()
    {
        using var image = new PixelBuffer(90, 70);
        new Random(20_261_124).NextBytes(image.Pixels);
        var boxes =
            from x in Gen.Choose(-60, 100)
            from y in Gen.Choose(-60, 100)
            from side in Gen.Choose(41, 160)
            select (x, y, side);

        Prop.ForAll(boxes.ToArbitrary(), b =>
        {
            using var bordered = PixelRegion.Cut(image, b.x, b.y, b.side, b.side);
            using var expected = Resizer.Resize(bordered, 40, 30, Interpolation.Area);
            using var actual = SquareCrop.Cut(image, new FaceBox(b.x, b.y, b.side, b.side), 1, 40, 30);
            return Golden.ShareWithin(actual, expected, levels: 0) == 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Cut_SquareOfARibbon_CostsNoMoreThanTheRibbon()
    {
        using var ribbon = new PixelBuffer(200_000, 2);
        ribbon.Pixels.Fill(255);

        long before = GC.GetAllocatedBytesForCurrentThread();
        using var cut = SquareCrop.Cut(ribbon, new FaceBox(0, 0, 200_000, 2), 1.5f, 112, 112);

        (cut.Width, cut.Height).ShouldBe((112, 112));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20_000_000); // the square has 270 GB
    }
}
