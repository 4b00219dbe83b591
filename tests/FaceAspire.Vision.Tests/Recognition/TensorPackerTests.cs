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

    private static float[] Pack(ModelInput input, InputNormalization normalization)
    {
        using var crop = new PixelBuffer(2, 1);
        ((byte[])[12, 24, 36, 10, 20, 30]).CopyTo(crop.Pixels);
        float[] tensor = new float[TensorPacker.Length(input)];
        TensorPacker.Pack(crop, input, normalization, tensor);
        return tensor;
    }
}
