using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Responses;
using FaceAspire.ModelHub;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Extraction;

/// <summary>Faces that lie on their side, stand on their head, or are cut off by the picture's edge.</summary>
public sealed class TurnedFaceTests(VisionFixture models)
{
    private const int Side = 112;

    private static readonly CropRecipe[] _recipes = [new(CropGeometry.Eyes, Side, Side), new(CropGeometry.FivePoint, Side, Side), new(CropGeometry.Square, Side, Side)];

    public static TheoryData<string> Detectors => [.. ModelCatalog.LoadDefault().Of(ModelTask.Detection).Select(static entry => entry.Name)];

    /// <summary>Whatever a detector makes of it: what is told lies in the picture, and every crop is there.</summary>
    [Theory, MemberData(nameof(Detectors))]
    public void Extract_TurnedPhoto_TellsOnlyWhatLiesInThePicture(string detector)
    {
        using var image = models.Decode(SharedMaterial.Photo("img5.jpg"));
        foreach (int quarters in (int[])[1, 2])
        {
            using var turned = Turn(image, quarters);
            ExtractInside(detector, turned, align: true);
            ExtractInside(detector, turned, align: false);
        }
    }

    [Fact]
    public void Extract_FaceOnItsSide_IsSetUprightByItsLandmarks()
    {
        const string Detector = "scrfd"; // the one whose points stay good when a face lies on its side
        using var image = models.Decode(SharedMaterial.Photo("img10.jpg"));
        var recipe = models.CropOf("mobileface_v2", AlignmentMode.Native);
        using var upright = models.Extractor.Extract(image, new(Detector, [recipe]), TestContext.Current.CancellationToken);
        var expected = models.Embed("mobileface_v2", upright[0].Crops[0]);
        foreach (int quarters in (int[])[1, 3])
        {
            using var turned = Turn(image, quarters);

            using var faces = models.Extractor.Extract(turned, new(Detector, [recipe]), TestContext.Current.CancellationToken);
            using var plain = models.Extractor.Extract(turned, new(Detector, [recipe]) { Align = false }, TestContext.Current.CancellationToken);

            // Not turned upright, a face is nobody's.
            double similarity = Golden.Cosine(models.Embed("mobileface_v2", faces.ShouldHaveSingleItem().Crops[0]), expected);
            similarity.ShouldBeGreaterThan(0.7, $"{quarters} quarters");
            Golden.Cosine(models.Embed("mobileface_v2", plain[0].Crops[0]), expected).ShouldBeLessThan(similarity - 0.3);
        }
    }

    [Theory, MemberData(nameof(Detectors))]
    public void Extract_FaceCutOffAtEachEdge_TellsOnlyWhatLiesInThePicture(string detector)
    {
        using var image = models.Decode(SharedMaterial.Photo("img5.jpg"));
        var box = models.YuNet().Detect(image, TestContext.Current.CancellationToken)[0].Box;
        int found = 0;
        foreach (var (x, y, right, bottom) in ((float, float, float, float)[])[
            (box.X + (0.3f * box.Width), 0, image.Width, image.Height),
            (0, box.Y + (0.3f * box.Height), image.Width, image.Height),
            (0, 0, box.Right - (0.3f * box.Width), image.Height),
            (0, 0, image.Width, box.Bottom - (0.3f * box.Height)),
        ])
        {
            using var cut = PixelRegion.Cut(image, (int)x, (int)y, (int)(right - x), (int)(bottom - y));
            found += Math.Min(1, ExtractInside(detector, cut, align: true));
        }

        // The detectors of whole faces only miss most of them.
        found.ShouldBeGreaterThanOrEqualTo(detector is "opencv" or "dlib" or "mmod" ? 0 : 3);
    }

    /// <summary>Extracts in every geometry; gives how many faces there were.</summary>
    private int ExtractInside(string detector, PixelBuffer image, bool align)
    {
        using var faces = models.Extractor.Extract(image, new(detector, _recipes) { Align = align, ExpandPercentage = 30 }, TestContext.Current.CancellationToken);
        foreach (var face in faces)
        {
            ShouldLieIn(face.Area, image);
            face.Crops.ShouldAllBe(static crop => crop.Width == Side && crop.Height == Side);
        }

        return faces.Count;
    }

    private static void ShouldLieIn(FacialArea area, PixelBuffer image)
    {
        area.X!.Value.ShouldBeInRange(0, image.Width - 1);
        area.Y!.Value.ShouldBeInRange(0, image.Height - 1);
        (area.X + area.W)!.Value.ShouldBeInRange(area.X.Value, image.Width);
        (area.Y + area.H)!.Value.ShouldBeInRange(area.Y.Value, image.Height);
        foreach (var eye in (IReadOnlyList<int>?[])[area.LeftEye, area.RightEye])
        {
            if (eye is [var x, var y])
            {
                x.ShouldBeInRange(0, image.Width - 1);
                y.ShouldBeInRange(0, image.Height - 1);
            }
        }
    }

    /// <summary>The picture turned clockwise by quarters of a circle.</summary>
    private static PixelBuffer Turn(PixelBuffer image, int quarters)
    {
        bool swaps = quarters % 2 == 1;
        var turned = new PixelBuffer(swaps ? image.Height : image.Width, swaps ? image.Width : image.Height);
        for (int y = 0; y < turned.Height; y++)
        {
            for (int x = 0; x < turned.Width; x++)
            {
                var (column, row) = quarters switch
                {
                    1 => (y, image.Height - 1 - x),
                    2 => (image.Width - 1 - x, image.Height - 1 - y),
                    _ => (image.Width - 1 - y, x),
                };
                image.Row(row).Slice(column * PixelBuffer.Channels, PixelBuffer.Channels).CopyTo(turned.Row(y)[(x * PixelBuffer.Channels)..]);
            }
        }

        return turned;
    }
}
