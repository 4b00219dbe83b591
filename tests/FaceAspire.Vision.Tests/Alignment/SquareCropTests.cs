using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

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

    [Fact]
    public void Cut_SquareOfARibbon_CostsNoMoreThanTheRibbon()
    {
        using var ribbon = new PixelBuffer(200_000, 2);
        ribbon.Pixels.Fill(255);

        using var cut = SquareCrop.Cut(ribbon, new FaceBox(0, 0, 200_000, 2), 1.5f, 112, 112);

        (cut.Width, cut.Height).ShouldBe((112, 112));
    }
}
