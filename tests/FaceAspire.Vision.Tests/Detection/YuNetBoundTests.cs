using FaceAspire.Testing;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>How large a face may be.</summary>
public sealed class YuNetBoundTests(VisionFixture models)
{
    private static readonly int[] _strides = [8, 16, 32];

    // A box's sides are exp(output) × stride; the one cell of stride 32 in an input of 32×32.
    [Theory]
    [InlineData(15, 15, true)]
    [InlineData(15.1f, 3, false)]
    [InlineData(3, 15.1f, false)]
    [InlineData(64, 64, false)]
    [InlineData(float.PositiveInfinity, 3, false)]
    [InlineData(float.NaN, 3, false)]
    public void Decode_BoxOfThatSize_IsAFaceUpToTheLimit(float width, float height, bool expected)
    {
        using var pool = new InferenceSessionPool("yunet", static () => "", new("-1", NullLogger<InferenceDevice>.Instance));
        var detector = new YuNetDetector(pool, scoreThreshold: 0.9f, overlapThreshold: 0.3f);
        List<string> names = [];
        List<OrtValue> values = [];
        foreach (int stride in _strides)
        {
            int cells = 32 / stride * (32 / stride);
            foreach (var (name, numbers) in ((string, int)[])[("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)])
            {
                float[] output = new float[cells * numbers];
                if (stride == 32)
                {
                    float[] filled = name == "bbox" ? [0, 0, MathF.Log(width / 32), MathF.Log(height / 32)] : [1];
                    filled.CopyTo(output, 0);
                }

                names.Add($"{name}_{stride}");
                values.Add(OrtValue.CreateTensorValueFromMemory(output, [1, cells, numbers]));
            }
        }

        var faces = detector.Decode(new InferenceOutputs(names, values), 32, 32, maxWidth: 15.001f, maxHeight: 15.001f);

        faces.Count.ShouldBe(expected ? 1 : 0);
        values.ForEach(static value => value.Dispose());
    }

    [Fact]
    public void Detect_TightCropOfAFace_IsStillAFaceAlthoughLargerThanItsPicture()
    {
        using var photo = models.Decode(SharedMaterial.Photo("img5.jpg"));
        var box = models.YuNet().Detect(photo, TestContext.Current.CancellationToken)[0].Box;
        using var tight = PixelRegion.Cut(
            photo, (int)(box.X + (0.1f * box.Width)), (int)(box.Y + (0.1f * box.Height)), (int)(0.8f * box.Width), (int)(0.8f * box.Height));

        var face = models.YuNet().Detect(tight, TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        Math.Max(face.Box.Width / tight.Width, face.Box.Height / tight.Height).ShouldBeGreaterThan(1);
    }
}
