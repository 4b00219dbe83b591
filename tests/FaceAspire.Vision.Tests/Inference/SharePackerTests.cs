using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Inference;

public sealed class SharePackerTests(VisionFixture models)
{
    // Fitted into 4×2, two pixels keep their size in the middle: a black column on either side.
    private static readonly ModelInput _input = new(4, 2, ColorOrder.Bgr, [0, 0, 0], 1) { TakesShares = true };
    private static readonly byte[] _face = [51, 102, 153, 51, 102, 153, 51, 102, 153, 51, 102, 153]; // 0.2, 0.4, 0.6 on 2×2 pixels

    [Theory]
    [InlineData(112)]
    [InlineData(160)]
    [InlineData(224)]
    [InlineData(96)]
    public void Pack_DeepFaceCrop_GivesItsResizeImageBeforeItWasRounded(int side)
    {
        using var golden = SharedMaterial.Golden("deepface_extract.json");
        using var face = models.Decode(SharedMaterial.File("golden", golden.RootElement.GetProperty("resize_image").GetProperty("source").GetString()!));
        using var expected = models.Decode(SharedMaterial.File("golden", "deepface", $"resize_image_{side}x{side}.png"));

        float[] tensor = Pack(face, _input with { Width = side, Height = side }, InputNormalization.Base);

        // The reference resized bytes (as represent does with skip): OpenCV's fixed point cuts each of two rows' shares down to a quarter of a level and rounds the sum
        // of quarters, so it lies up to 3/4 below and 1/2 above the exact value; weights of 11 bits add 255/4096 at most.
        int plane = side * side;
        double lowest = 0;
        double highest = 0;
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < PixelBuffer.Channels; channel++)
            {
                double difference = (tensor[((2 - channel) * plane) + i] * 255.0) - expected.Pixels[(i * PixelBuffer.Channels) + channel];
                lowest = Math.Min(lowest, difference);
                highest = Math.Max(highest, difference);
            }
        }

        lowest.ShouldBeGreaterThanOrEqualTo(-0.5 - (255 / 4096.0));
        highest.ShouldBeLessThanOrEqualTo(0.75 + (255 / 4096.0));
    }

    [Fact]
    public void Pack_Bgr_IsBlueGreenRedSharesWithBlackAround()
    {
        float[] tensor = Pack(_input, InputNormalization.Base);

        tensor[..8].ShouldBe([0, 0.6f, 0.6f, 0, 0, 0.6f, 0.6f, 0]);
        tensor[9].ShouldBe(0.4f);
        tensor[17].ShouldBe(0.2f);
    }

    // DeepFace's formulas on blue 153, green 102, red 51, and on the black around.
    [Theory]
    [InlineData(InputNormalization.Raw, 153, 102, 51, 0, 0, 0)]
    [InlineData(InputNormalization.Facenet2018, 0.2, -0.2, -0.6, -1, -1, -1)]
    [InlineData(InputNormalization.VggFace, 59.406, -2.7624, -78.1863, -93.5940, -104.7624, -129.1863)]
    [InlineData(InputNormalization.VggFace2, 61.5047, -1.8827, -80.0912, -91.4953, -103.8827, -131.0912)]
    [InlineData(InputNormalization.ArcFace, 0.19921875, -0.19921875, -0.59765625, -0.99609375, -0.99609375, -0.99609375)]
    public void Pack_Normalization_IsAppliedToTheBlackAroundToo(InputNormalization normalization, float b, float g, float r, float aroundB, float aroundG, float aroundR)
    {
        float[] tensor = Pack(_input, normalization);

        float[] actual = [tensor[1], tensor[9], tensor[17], tensor[0], tensor[8], tensor[16]];
        float[] expected = [b, g, r, aroundB, aroundG, aroundR];
        for (int i = 0; i < expected.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 1e-4f, $"number {i}");
        }
    }

    [Fact]
    public void Pack_Facenet_TakesMeanAndDeviationOfTheBlackAroundToo()
    {
        // Half of the 24 numbers are 0, four each 51, 102 and 153: mean 51, variance (12·51² + 4·(0² + 51² + 102²)) / 24 = 51² · 32 / 24.
        float[] tensor = Pack(_input, InputNormalization.Facenet);

        double deviation = 51 * Math.Sqrt(32.0 / 24);
        ((double)tensor[0]).ShouldBe(-51 / deviation, 1e-5);
        ((double)tensor[1]).ShouldBe(102 / deviation, 1e-5);
        ((double)tensor[17]).ShouldBe(0, 1e-5);
    }

    [Fact]
    public void Pack_MeanAndScale_ApplyToTheShares() =>
        Pack(_input with { Mean = [127.5f, 127.5f, 127.5f], Scale = 1 / 127.5f }, InputNormalization.Base)[1].ShouldBe((0.6f - 127.5f) / 127.5f, 1e-6f);

    [Fact]
    public void Pack_GrayThroughALargerSquare_IsDeepFacesEmotionInput()
    {
        // A left half of red and a right half of blue, 4×4, shrunk to 2×2: 0.299 and 0.114.
        using var face = new PixelBuffer(4, 4);
        for (int i = 0; i < 16; i++)
        {
            face.Pixels[(i * 3) + (i % 4 < 2 ? 0 : 2)] = 255;
            face.Pixels[(i * 3) + (i % 4 < 2 ? 2 : 0)] = 0;
            face.Pixels[(i * 3) + 1] = 0;
        }

        float[] tensor = Pack(face, new(2, 2, ColorOrder.Gray, [0], 1) { TakesShares = true, FittedSide = 4 }, InputNormalization.Base);

        tensor.ShouldBe([0.299f, 0.114f, 0.299f, 0.114f], 1e-6);
    }

    [Fact]
    public void Pack_FormulaOfThreeChannelsForAGrayNetwork_IsRefused() =>
        Should.Throw<ArgumentException>(() => Pack(new(2, 2, ColorOrder.Gray, [0], 1) { TakesShares = true }, InputNormalization.VggFace));

    private static float[] Pack(ModelInput input, InputNormalization normalization)
    {
        using var face = new PixelBuffer(2, 2);
        _face.CopyTo(face.Pixels);
        return Pack(face, input, normalization);
    }

    private static float[] Pack(PixelBuffer face, ModelInput input, InputNormalization normalization)
    {
        float[] tensor = new float[TensorPacker.Length(input)];
        SharePacker.Pack(face, input, normalization, tensor);
        return tensor;
    }
}
