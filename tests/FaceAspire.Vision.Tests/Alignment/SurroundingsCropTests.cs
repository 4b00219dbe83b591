using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Alignment;

public sealed class SurroundingsCropTests(VisionFixture models)
{
    public static TheoryData<string, string, float> Crops
    {
        get
        {
            var data = new TheoryData<string, string, float>();
            foreach (string photo in (string[])["img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"])
            {
                data.Add(photo, "minifasnet_v2", 2.7f);
                data.Add(photo, "minifasnet_v1se", 4);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Crops))]
    public void Cut_GoldenBox_GivesTheReferenceCrop(string photo, string model, float margin)
    {
        using var golden = SharedMaterial.Golden($"{model}.json");
        var expected = golden.RootElement.GetProperty("crops").GetProperty(photo);
        var box = expected.GetProperty("bbox_int_xywh");
        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));

        using var cut = SurroundingsCrop.Cut(image, new(box[0].GetInt32(), box[1].GetInt32(), box[2].GetInt32(), box[3].GetInt32()), margin, 80, 80);

        using var reference = models.Decode(SharedMaterial.File("golden", expected.GetProperty("crop").GetString()!));
        Golden.ShareWithin(cut, reference, levels: 0).ShouldBe(1, $"{photo} {model}");
    }

    [Theory]
    [InlineData(100, 100, 40, 40, 20, 20, 2, 30, 30, 41, 41)] // about the middle
    [InlineData(100, 100, 0, 0, 20, 20, 2, 0, 0, 41, 41)] // moved right and down
    [InlineData(100, 100, 80, 80, 19, 19, 2, 61, 61, 39, 39)] // moved left and up
    [InlineData(100, 50, 40, 10, 20, 20, 4, 25, 0, 50, 50)] // no larger than the picture is high
    [InlineData(1, 1, 0, 0, 0, 0, 4, 0, 0, 1, 1)]
    [InlineData(10_000, 1, 5_000, 0, 100, 0, 4, 5_050, 0, 1, 1)]
    public void RegionOf_Box_IsShiftedInside(int width, int height, int x, int y, int w, int h, float margin, int left, int top, int columns, int rows) =>
        SurroundingsCrop.RegionOf(width, height, new(x, y, w, h), margin).ShouldBe(new PixelBox(left, top, columns, rows));

    [Fact]
    public void RegionOf_AnyBox_LiesInThePicture()
    {
        var gen = from width in Gen.Choose(1, 3_000)
                  from height in Gen.Choose(1, 3_000)
                  from x in Gen.Choose(-500, 3_500)
                  from y in Gen.Choose(-500, 3_500)
                  from w in Gen.Choose(0, 4_000)
                  from h in Gen.Choose(0, 4_000)
                  from margin in Gen.Elements(1f, 2.7f, 4f)
                  select (width, height, box: new PixelBox(x, y, w, h), margin);
        Prop.ForAll(gen.ToArbitrary(), static one =>
        {
            var region = SurroundingsCrop.RegionOf(one.width, one.height, one.box, one.margin);
            return region is { X: >= 0, Y: >= 0, Width: >= 1, Height: >= 1 } && region.X + region.Width <= one.width && region.Y + region.Height <= one.height;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Cut_HostilePictures_StaysWithinThem()
    {
        foreach (var (width, height) in ((int, int)[])[(1, 1), (10_000, 1), (1, 10_000)])
        {
            using var image = new PixelBuffer(width, height);
            image.Pixels.Fill(200);

            using var cut = SurroundingsCrop.Cut(image, new(0, 0, width - 1, height - 1), margin: 4, 80, 80);

            cut.Pixels.IndexOfAnyExcept((byte)200).ShouldBe(-1);
        }
    }
}
