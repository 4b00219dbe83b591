using System.Text.Json;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>Resizing, warping and luma against OpenCV's own output, at every pixel.</summary>
public sealed class OpenCvGoldenTests
{
    private const int Levels = 2;

    private static readonly ImageDecoder _decoder = new(maxPixels: 50_000_000);

    [Theory]
    [InlineData("resize_linear_112x112")]
    [InlineData("resize_linear_96x112")]
    [InlineData("resize_linear_64x64")]
    [InlineData("resize_linear_99x99")]
    [InlineData("resize_linear_300x300")]
    [InlineData("resize_linear_150x220")]
    [InlineData("resize_area_112x112")]
    [InlineData("resize_area_96x112")]
    [InlineData("resize_area_64x64")]
    [InlineData("resize_area_99x99")]
    [InlineData("resize_area_66x66")]
    [InlineData("resize_area_50x120")]
    public void Resize_GivesOpenCvsPixels(string name)
    {
        using var golden = SharedMaterial.Golden("imageops.json");
        var op = golden.RootElement.GetProperty("ops").GetProperty(name);
        var interpolation = op.GetProperty("interpolation").GetString() == "INTER_AREA" ? Interpolation.Area : Interpolation.Bilinear;
        using var source = Decode(golden.RootElement.GetProperty("source"));

        using var resized = Resizer.Resize(source, op.GetProperty("width").GetInt32(), op.GetProperty("height").GetInt32(), interpolation);

        using var expected = Decode(op.GetProperty("file"));
        Golden.ShareWithin(resized, expected, Levels).ShouldBe(1);
    }

    [Fact]
    public void Resize_WholePhoto_GivesOpenCvsPixels()
    {
        using var source = Decode("photos/img11.png");
        using var expected = Decode("imageops/photo_resize_linear_640.png");

        using var resized = Resizer.Resize(source, expected.Width, expected.Height, Interpolation.Bilinear);

        Golden.ShareWithin(resized, expected, Levels).ShouldBe(1);
    }

    [Theory]
    [InlineData("warp_0", Interpolation.Bilinear)]
    [InlineData("warp_1", Interpolation.Bilinear)]
    [InlineData("warp_2", Interpolation.Bilinear)]
    [InlineData("warp_3", Interpolation.Bilinear)]
    [InlineData("rotate_cubic_0", Interpolation.Bicubic)]
    [InlineData("rotate_cubic_1", Interpolation.Bicubic)]
    [InlineData("rotate_cubic_2", Interpolation.Bicubic)]
    [InlineData("rotate_cubic_3", Interpolation.Bicubic)]
    public void Warp_GivesOpenCvsPixels(string name, Interpolation interpolation)
    {
        using var golden = SharedMaterial.Golden("imageops.json");
        var op = golden.RootElement.GetProperty("ops").GetProperty(name);
        var (first, second) = (op.GetProperty("matrix")[0], op.GetProperty("matrix")[1]);
        var matrix = new AffineMatrix(
            first[0].GetDouble(), first[1].GetDouble(), first[2].GetDouble(), second[0].GetDouble(), second[1].GetDouble(), second[2].GetDouble());
        using var source = Decode(golden.RootElement.GetProperty("source"));

        using var warped = AffineWarp.Warp(source, matrix, op.GetProperty("width").GetInt32(), op.GetProperty("height").GetInt32(), interpolation);

        using var expected = Decode(op.GetProperty("file"));
        Golden.ShareWithin(warped, expected, Levels).ShouldBe(1);
    }

    [Theory]
    [InlineData("rotate_cubic_1")]
    [InlineData("rotate_cubic_3")]
    public void Rotation_IsOpenCvsMatrix(string name)
    {
        using var golden = SharedMaterial.Golden("imageops.json");
        var op = golden.RootElement.GetProperty("ops").GetProperty(name);
        double center = op.GetProperty("width").GetInt32() / 2;

        var matrix = AffineMatrix.Rotation(center, center, op.GetProperty("angle").GetDouble(), scale: 1);

        double[] actual = [matrix.M11, matrix.M12, matrix.M13, matrix.M21, matrix.M22, matrix.M23];
        actual.ShouldBe(op.GetProperty("matrix").EnumerateArray().SelectMany(static row => row.EnumerateArray()).Select(static value => value.GetDouble()), 1e-9);
    }

    [Fact]
    public void ToLuma_GivesOpenCvsPixels()
    {
        using var golden = SharedMaterial.Golden("imageops.json");
        using var source = Decode(golden.RootElement.GetProperty("source"));
        using var expected = Decode("imageops/gray.png");
        byte[] luma = new byte[source.Width * source.Height];

        Grayscale.ToLuma(source, luma);

        for (int i = 0; i < luma.Length; i++)
        {
            luma[i].ShouldBe(expected.Pixels[i * PixelBuffer.Channels]);
        }
    }

    /// <summary>The goldens were decoded by OpenCV: two JPEG decoders may differ by the rounding of their inverse transforms.</summary>
    [Theory]
    [InlineData("img5")]
    [InlineData("img10")]
    [InlineData("img11")]
    [InlineData("img12")]
    [InlineData("img20")]
    [InlineData("img62")]
    [InlineData("selfie-many-people")]
    public void Decode_Jpeg_GivesOpenCvsPixels(string photo)
    {
        using var expected = Decode($"photos/{photo}.png");

        using var decoded = _decoder.Decode(File.ReadAllBytes(SharedMaterial.Photo($"{photo}.jpg")), CancellationToken.None);

        Golden.ShareWithin(decoded, expected, levels: 3).ShouldBeGreaterThan(0.99);
    }

    private static PixelBuffer Decode(JsonElement file) => Decode(file.GetString()!);

    private static PixelBuffer Decode(string file) => _decoder.Decode(File.ReadAllBytes(SharedMaterial.File("golden", file)), CancellationToken.None);
}
