using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Layouts of outputs whose networks cannot be had, on outputs made by hand: one face each, counted by hand.</summary>
public sealed class DecodingTests : IDisposable
{
    private readonly InferenceSessionPool _sessions = new("none", static () => "", new("-1", NullLogger<InferenceDevice>.Instance));
    private readonly List<string> _names = [];
    private readonly List<OrtValue> _values = [];

    // An input of 64×64 pixels for a picture of 128×128.
    private readonly PixelBuffer _picture = new(128, 128);
    private readonly ModelInput _input = new(64, 64, ColorOrder.Rgb, [0, 0, 0], 1);

    private DetectorFrame Frame => DetectorFrame.Plain(_picture);

    private InputPlacement Placement => InputPlacement.Stretched(Frame, 64, 64);

    [Fact]
    public void RetinaFace_NineOutputs_AreReadLevelByLevel()
    {
        // The second anchor of the cell in column 1 and row 2 of stride 16: 64 pixels about (16 + 7.5, 32 + 7.5).
        const int Anchor = (((2 * 4) + 1) * 2) + 1;
        foreach (int stride in (int[])[32, 16, 8])
        {
            int cells = 64 / stride * (64 / stride);
            float[] scores = Output(cells * 4);
            float[] boxes = Output(cells * 8);
            float[] points = Output(cells * 20);
            if (stride == 16)
            {
                scores[(Anchor / 2 * 4) + 3] = 0.95f; // no face twice, then face twice
                ((float[])[0.125f, -0.125f, MathF.Log(0.25f), MathF.Log(0.5f)]).CopyTo(boxes, Anchor * 4);
                ((float[])[-0.125f, 0, 0.125f, 0, 0, 0.0625f, -0.125f, 0.125f, 0.125f, 0.125f]).CopyTo(points, Anchor * 10);
            }
        }

        var face = new RetinaFaceDetector(_sessions, _input, 0.9f, 0.4f).Decode(Outputs, Frame, Placement).ShouldHaveSingleItem();

        // Middle (23.5 + 8, 39.5 − 8); sides 16 and 32, corners half of 15 and of 31 away.
        face.Confidence.ShouldBe(0.95f);
        face.Box.X.ShouldBe(48, 0.001f);
        face.Box.Y.ShouldBe(32, 0.001f);
        face.Box.Width.ShouldBe(30, 0.001f);
        face.Box.Height.ShouldBe(62, 0.001f);
        face.Landmarks.ShouldBe([new(31, 79), new(63, 79), new(47, 87), new(31, 95), new(63, 95)]);
    }

    [Fact]
    public void RetinaFace_BoxBeyondTheInput_IsCutAtItsLastPixel()
    {
        foreach (int stride in (int[])[32, 16, 8])
        {
            int cells = 64 / stride * (64 / stride);
            float[] scores = Output(cells * 4);
            _ = Output(cells * 8);
            _ = Output(cells * 20);
            scores[2] = stride == 32 ? 1 : 0; // 512 pixels about (7.5, 7.5)
        }

        var face = new RetinaFaceDetector(_sessions, _input, 0.9f, 0.4f).Decode(Outputs, Frame, Placement).ShouldHaveSingleItem();

        face.Box.ShouldBe(new(0, 0, 126, 126));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(20, 5)]
    public void Yolo_OneOutput_IsReadAsDecodedWithPointsWhereItHasThem(int channels, int points)
    {
        const int Anchors = 64 + 16 + 4;
        const int Anchor = 70;
        float[] map = Output(channels * Anchors);
        float[] numbers = [32, 24, 16, 20, 0.8f, 28, 20, 0.9f, 36, 20, 0.9f, 32, 24, 0.9f, 29, 30, 0.9f, 35, 30, 0.9f];
        for (int i = 0; i < channels; i++)
        {
            map[(i * Anchors) + Anchor] = numbers[i];
        }

        var face = new YoloFaceDetector(_sessions, _input, 0.25f, 0.7f).Decode(Outputs, Frame, Placement).ShouldHaveSingleItem();

        face.Box.ShouldBe(new(48, 28, 32, 40));
        face.Confidence.ShouldBe(0.8f);
        Vector2[] all = [new(56, 40), new(72, 40), new(64, 48), new(58, 60), new(70, 60)];
        face.Landmarks.ShouldBe(all.Take(points));
    }

    [Fact]
    public void CenterFace_PeakOfTheHeatMap_IsTheMiddleOfAFace()
    {
        const int Cells = 16 * 16;
        const int Cell = (5 * 16) + 6; // column 6, row 5
        float[] heat = Output(Cells);
        float[] sizes = Output(2 * Cells);
        float[] offsets = Output(2 * Cells);
        float[] points = Output(10 * Cells);
        heat[Cell] = 0.9f;
        heat[Cell + 1] = 0.5f; // the same face, less sure
        heat[0] = 0.35f;       // not above the threshold
        for (int cell = Cell; cell <= Cell + 1; cell++)
        {
            sizes[cell] = MathF.Log(6);         // 24 pixels high
            sizes[Cells + cell] = MathF.Log(5); // 20 wide
        }

        offsets[Cell] = 0.25f;
        offsets[Cells + Cell] = -0.25f;
        float[] numbers = [0.25f, 0.25f, 0.25f, 0.75f, 0.5f, 0.5f, 0.75f, 0.25f, 0.75f, 0.75f]; // y before x
        for (int i = 0; i < numbers.Length; i++)
        {
            points[(i * Cells) + Cell] = numbers[i];
        }

        var face = new CenterFaceDetector(_sessions, _input, 0.35f, 0.3f).Decode(Outputs, Placement).ShouldHaveSingleItem();

        // Middle ((6 − 0.25 + 0.5) · 4, (5 + 0.25 + 0.5) · 4) = (25, 23): corner (15, 11) in the input.
        face.Box.X.ShouldBe(30, 0.001f);
        face.Box.Y.ShouldBe(22, 0.001f);
        face.Box.Width.ShouldBe(40, 0.001f);
        face.Box.Height.ShouldBe(48, 0.001f);
        face.Confidence.ShouldBe(0.9f);
        Vector2[] expected = [new(40, 34), new(60, 34), new(50, 46), new(40, 58), new(60, 58)];
        foreach (var (actual, reference) in face.Landmarks.Zip(expected))
        {
            Vector2.Distance(actual, reference).ShouldBeLessThan(0.001f);
        }
    }

    [Fact]
    public void CenterFace_FaceAtTheEdge_IsCutThere()
    {
        const int Cells = 16 * 16;
        float[] heat = Output(Cells);
        float[] sizes = Output(2 * Cells);
        _ = Output(2 * Cells);
        _ = Output(10 * Cells);
        heat[0] = 1.5f;
        sizes[0] = sizes[Cells] = MathF.Log(4);

        var face = new CenterFaceDetector(_sessions, _input, 0.35f, 0.3f).Decode(Outputs, Placement).ShouldHaveSingleItem();

        // As the reference has it, the corner is cut and the side is not shortened.
        face.Box.X.ShouldBe(0);
        face.Box.Y.ShouldBe(0);
        face.Box.Width.ShouldBe(32, 0.001f);
        face.Confidence.ShouldBe(1);
    }

    public void Dispose()
    {
        _values.ForEach(static value => value.Dispose());
        _sessions.Dispose();
        _picture.Dispose();
    }

    private InferenceOutputs Outputs => new(_names, _values);

    private float[] Output(int length)
    {
        float[] numbers = new float[length];
        _names.Add($"output{_names.Count}");
        _values.Add(OrtValue.CreateTensorValueFromMemory(numbers, [1, length]));
        return numbers;
    }
}
