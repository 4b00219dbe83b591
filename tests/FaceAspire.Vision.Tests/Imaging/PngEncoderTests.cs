using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Imaging;

public sealed class PngEncoderTests(VisionFixture models)
{
    [Theory]
    [InlineData(ColorOrder.Rgb, 10, 20, 200, 2)]
    [InlineData(ColorOrder.Bgr, 200, 20, 10, 2)]
    [InlineData(ColorOrder.Gray, 38, 38, 38, 0)] // 0.299 · 10 + 0.587 · 20 + 0.114 · 200 = 37.53
    public void Encode_EachColour_IsWhatADecoderReads(ColorOrder color, byte red, byte green, byte blue, byte colourType)
    {
        using var image = new PixelBuffer(3, 2);
        for (int i = 0; i < image.Pixels.Length; i += PixelBuffer.Channels)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (10, 20, 200);
        }

        byte[] png = PngEncoder.Encode(image, color);

        png[25].ShouldBe(colourType); // in the header: grey, or red, green and blue
        using var read = models.Decoder.Decode(png, TestContext.Current.CancellationToken);
        (read.Width, read.Height).ShouldBe((3, 2));
        read.Row(1)[3..6].ToArray().ShouldBe([red, green, blue]);
    }
}
