using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Tests.Recognition;

public sealed class TensorPackerTests
{
    private static readonly ModelInput _rgb = new(2, 1, ColorOrder.Rgb, [10, 20, 30], 0.5f);

    [Fact]
    public void Pack_TwoPixelsRgb_IsPlanarWithMeanAndScale()
    {
        // Pixels (12, 24, 36) and (10, 20, 30); (value − mean) × 0.5, plane by plane.
        Pack(_rgb, InputNormalization.Base).ShouldBe([1, 0, 2, 0, 3, 0]);
    }

    [Fact]
    public void Pack_Bgr_SwapsThePlanes() =>
        Pack(_rgb with { Color = ColorOrder.Bgr, Mean = [0, 0, 0], Scale = 1 }, InputNormalization.Base).ShouldBe([36, 30, 24, 20, 12, 10]);

    [Fact]
    public void Pack_Gray_IsOnePlaneOfLuma()
    {
        // 0.299 × 12 + 0.587 × 24 + 0.114 × 36 = 21.78 → 22; 0.299 × 10 + 0.587 × 20 + 0.114 × 30 = 18.15 → 18.
        Pack(new(2, 1, ColorOrder.Gray, [2], 0.5f), InputNormalization.Base).ShouldBe([10, 8]);
    }

    // DeepFace's formulas on the bytes 12, 24, 36.
    [Theory]
    [InlineData(InputNormalization.Raw, 12, 24, 36)]
    [InlineData(InputNormalization.Facenet2018, -0.905882, -0.811765, -0.717647)]
    [InlineData(InputNormalization.VggFace, -117.1863, -80.7624, -57.594)]
    [InlineData(InputNormalization.VggFace2, -119.0912, -79.8827, -55.4953)]
    [InlineData(InputNormalization.ArcFace, -0.902344, -0.808594, -0.714844)]
    public void Pack_Normalization_ReplacesTheModelsOwn(InputNormalization normalization, float r, float g, float b)
    {
        float[] tensor = Pack(_rgb, normalization);

        tensor[0].ShouldBe(r, 1e-4f);
        tensor[2].ShouldBe(g, 1e-4f);
        tensor[4].ShouldBe(b, 1e-4f);
    }

    [Fact]
    public void Pack_Facenet_HasZeroMeanAndUnitDeviation()
    {
        float[] tensor = Pack(_rgb, InputNormalization.Facenet);

        tensor.Average().ShouldBe(0, 1e-6);
        tensor.Average(static value => value * value).ShouldBe(1, 1e-5);
    }

    [Fact]
    public void Pack_CropOfAnotherSize_IsRefused() =>
        Should.Throw<ArgumentException>(() => Pack(_rgb with { Width = 3 }, InputNormalization.Base));

    [Fact]
    public void Pack_RawForANetworkThatTakesBytes_IsTheSameAsBase() =>
        Pack(_rgb with { TakesBytes = true }, InputNormalization.Raw).ShouldBe([1, 0, 2, 0, 3, 0]);

    [Fact]
    public void Pack_NoValueAboveOneForANetworkThatTakesBytes_IsScaledToBytes()
    {
        // (12 − 127.5) / 128 × 255 = −230.1, as a byte 256 − 230 = 26, (26 − 10) × 0.5 = 8. Likewise 24: 50, 36: 74, 10: 22, 20: 42, 30: 62.
        Pack(_rgb with { TakesBytes = true }, InputNormalization.ArcFace).ShouldBe([8, 6, 15, 11, 22, 16]);
    }

    [Fact]
    public void Pack_ValuesAboveOneForANetworkThatTakesBytes_AreBytesAlready()
    {
        // 200 − 131.0912 = 68.9, as a byte 68, (68 − 10) × 0.5 = 29. 100 − 131.0912 = −31.1, as a byte 256 − 31 = 225. Likewise 46, 253, 48, 8.
        Pack(_rgb with { TakesBytes = true }, InputNormalization.VggFace2, [200, 150, 140, 100, 100, 100]).ShouldBe([29, 107.5f, 13, 116.5f, 9, -11]);
    }

    [Theory]
    [InlineData(InputNormalization.VggFace)]
    [InlineData(InputNormalization.VggFace2)]
    public void Pack_FormulaOfThreeChannelsForAGrayNetwork_IsRefused(InputNormalization normalization) =>
        Should.Throw<ArgumentException>(() => Pack(new(2, 1, ColorOrder.Gray, [2], 0.5f), normalization)).ParamName.ShouldBe("normalization");

    [Fact]
    public void Pack_FormulaOfOneMeanForAGrayNetwork_IsAppliedToTheLuma() =>
        Pack(new(2, 1, ColorOrder.Gray, [2], 0.5f), InputNormalization.Raw).ShouldBe([22, 18]);

    // A vector takes four pixels of sixteen bytes, so widths up to 40 end in every remainder, with and without room for a last load.
    [Fact]
    public void PackRow_AnyWidth_IsTheScalarArithmetic()
    {
        var random = new Random(20_261_124);
        for (int width = 1; width <= 40; width++)
        {
            byte[] pixels = new byte[width * PixelBuffer.Channels];
            random.NextBytes(pixels);
            var mean = new Vector3(127.5f, 3.25f, 250);
            const float Scale = 1 / 128f;
            float[] red = new float[width], green = new float[width], blue = new float[width];

            TensorPacker.PackRow(pixels, mean, Scale, red, green, blue);

            for (int i = 0; i < width; i++)
            {
                red[i].ShouldBe((pixels[3 * i] - mean.X) * Scale, $"red {i} of {width}");
                green[i].ShouldBe((pixels[(3 * i) + 1] - mean.Y) * Scale, $"green {i} of {width}");
                blue[i].ShouldBe((pixels[(3 * i) + 2] - mean.Z) * Scale, $"blue {i} of {width}");
            }
        }
    }

    private static float[] Pack(ModelInput input, InputNormalization normalization) => Pack(input, normalization, [12, 24, 36, 10, 20, 30]);

    private static float[] Pack(ModelInput input, InputNormalization normalization, byte[] pixels)
    {
        using var crop = new PixelBuffer(2, 1);
        pixels.CopyTo(crop.Pixels);
        float[] tensor = new float[TensorPacker.Length(input)];
        TensorPacker.Pack(crop, input, normalization, tensor);
        return tensor;
    }
}
