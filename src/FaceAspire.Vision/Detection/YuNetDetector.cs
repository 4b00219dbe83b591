using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>YuNet (Wu et al., Machine Intelligence Research 2023) with dynamic input, decoded as OpenCV's <c>FaceDetectorYN</c> does and resized as DeepFace does.</summary>
/// <param name="sessions">Session of a YuNet with inputs N×3×H×W (BGR, 0..255) and the outputs cls, obj, bbox and kps at strides 8, 16, 32.</param>
/// <param name="scoreThreshold">Lowest score that counts as a face.</param>
/// <param name="overlapThreshold">Largest IoU of two faces.</param>
public sealed class YuNetDetector(InferenceSessionPool sessions, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    private const int MaxSide = 640;        // DeepFace's yunet backend: the longer side is shrunk to it
    private const int SmallSide = 64;       // Up to this the picture is enlarged: of FER2013's 48×48 faces 14 % are found else, 78 % so (640 pictures)
    private const int Enlargement = 4;
    private const int SideMultiple = 32;    // the coarsest stride
    private const int MaxCandidates = 5_000; // OpenCV's top_k before suppression

    // The face of a tight crop is larger than its picture: 1.40 times where three tenths of it are cut off (41 photos, measured 2026-11-24).
    private const float MaxShareOfPicture = 1.5f;
    private static readonly int[] _strides = [8, 16, 32];

    private readonly DetectorNetwork _network = new(sessions, new(MaxSide, MaxSide, ColorOrder.Bgr, [0, 0, 0], 1));

    /// <inheritdoc/>
    public int? WorkingSide => MaxSide;

    /// <inheritdoc/>
    public void Load() => _network.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken)
    {
        int enlargement = Math.Max(image.Width, image.Height) <= SmallSide ? Enlargement : 1;
        using var enlarged = enlargement == 1 ? null : Resizer.Resize(image, image.Width * enlargement, image.Height * enlargement, Interpolation.Bilinear);
        var faces = DetectScaled(DetectorFrame.Plain(enlarged ?? image), out double scale, cancellationToken);

        // A pixel's number is where its middle lies, so the first one of an enlarged picture lies before the middle of the picture's own.
        double shift = (enlargement - 1) / (2.0 * enlargement);
        for (int i = 0; i < faces.Count; i++)
        {
            faces[i] = faces[i].Map(value => (float)((value / (scale * enlargement)) - shift), value => (float)(value / (scale * enlargement)));
        }

        return faces;
    }

    /// <inheritdoc/>
    /// <remarks>DeepFace truncates in the shrunk picture, lifts the corner to 0, divides by the scale, and truncates again.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        var faces = DetectScaled(frame, out double scale, cancellationToken);
        for (int i = 0; i < faces.Count; i++)
        {
            var box = faces[i].Box;
            var lifted = faces[i] with { Box = box with { X = Math.Max(0, box.X), Y = Math.Max(0, box.Y) } };
            Func<float, float> truncate = value => (float)(int)((int)value / scale);
            faces[i] = lifted.Map(truncate, truncate);
        }

        return faces;
    }

    /// <summary>Faces in pixels of the picture as the network saw it.</summary>
    private List<DetectedFace> DetectScaled(DetectorFrame frame, out double scale, CancellationToken cancellationToken)
    {
        int longest = Math.Max(frame.Width, frame.Height);
        scale = longest > MaxSide ? MaxSide / (double)longest : 1;
        int width = Math.Max(1, (int)(frame.Width * scale));
        int height = Math.Max(1, (int)(frame.Height * scale));
        int paddedWidth = RoundUp(width);
        int paddedHeight = RoundUp(height);

        // Of the picture itself, without its border and without what fills it up to whole cells: a ribbon may have thousands of times its height there.
        float maxWidth = (float)(frame.Image.Width * scale * MaxShareOfPicture);
        float maxHeight = (float)(frame.Image.Height * scale * MaxShareOfPicture);
        var placement = new InputPlacement(paddedWidth, paddedHeight, 0, 0, width, height, scale, scale);
        var candidates = _network.Run(
            frame,
            placement,
            Interpolation.Bilinear,
            border: 0,
            outputs => Decode(outputs, paddedWidth, paddedHeight, maxWidth, maxHeight),
            cancellationToken);
        if (candidates.Count > MaxCandidates)
        {
            candidates.Sort(static (a, b) => b.Confidence.CompareTo(a.Confidence));
            candidates.RemoveRange(MaxCandidates, candidates.Count - MaxCandidates);
        }

        // OpenCV suppresses on boxes truncated to whole pixels.
        return NonMaxSuppression.Suppress(candidates, overlapThreshold, static face =>
            new((int)face.Box.X, (int)face.Box.Y, (int)face.Box.Width, (int)face.Box.Height));
    }

    private static int RoundUp(int side) => (side + SideMultiple - 1) / SideMultiple * SideMultiple;

    /// <summary>The faces in the outputs for an input of the given size, as far as they are no larger than the given limits.</summary>
    internal List<DetectedFace> Decode(InferenceOutputs outputs, int width, int height, float maxWidth, float maxHeight)
    {
        List<DetectedFace> faces = [];
        foreach (int stride in _strides)
        {
            var cls = outputs[$"cls_{stride}"];
            var obj = outputs[$"obj_{stride}"];
            var boxes = outputs[$"bbox_{stride}"];
            var points = outputs[$"kps_{stride}"];
            int columns = width / stride;
            int cells = columns * (height / stride);
            for (int cell = 0; cell < cells; cell++)
            {
                float score = MathF.Sqrt(Math.Clamp(cls[cell], 0, 1) * Math.Clamp(obj[cell], 0, 1));
                if (score >= scoreThreshold)
                {
                    var face = DecodeCell(boxes.Slice(cell * 4, 4), points.Slice(cell * 10, 10), cell % columns, cell / columns, stride, score);

                    // A size that came out of the exponential infinite or absurd is no face, and would ask for absurd memory further on.
                    if (face.Box.Width <= maxWidth && face.Box.Height <= maxHeight)
                    {
                        faces.Add(face);
                    }
                }
            }
        }

        return faces;
    }

    private static DetectedFace DecodeCell(ReadOnlySpan<float> box, ReadOnlySpan<float> points, int column, int row, int stride, float score)
    {
        float width = MathF.Exp(box[2]) * stride;
        float height = MathF.Exp(box[3]) * stride;
        float x = ((column + box[0]) * stride) - (width / 2);
        float y = ((row + box[1]) * stride) - (height / 2);
        var landmarks = new Vector2[5];
        for (int i = 0; i < landmarks.Length; i++)
        {
            landmarks[i] = new((column + points[2 * i]) * stride, (row + points[(2 * i) + 1]) * stride);
        }

        return new(new(x, y, width, height), landmarks, score);
    }
}
