using System.Numerics;
using System.Runtime.InteropServices;
using FaceAspire.Contracts.Errors;
using FaceAspire.Vision.Detection.Dlib;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>dlib's frontal face detector: five filters over histograms of gradients on a pyramid of the picture, which is enlarged once, as DeepFace has it.
/// Boxes of faces from 40 pixels on, without landmarks.</summary>
/// <param name="locate">Finds the verified <c>frontal_face_detector.h</c>; throws when it is missing. Asked again after a failure.</param>
/// <param name="scoreThreshold">Lowest score of a face; dlib's is 0.</param>
/// <param name="overlapThreshold">Largest part that two faces may share of the smallest rectangle around both.</param>
public sealed class DlibHogDetector(Func<string> locate, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    private const int FilterCells = 10;
    private const int FilterRow = FilterCells * FhogFeatures.Stride;
    private const int FilterLength = FilterCells * FilterRow;
    private const int Margin = FilterCells / 2; // cells of a filter that may lie outside
    private const int FirstCell = 1;            // of the margin that a filter begins at: dlib's has one less before the picture than behind it
    private const int LeastSide = 64; // of a level
    private const int MaxCandidates = 5_000;

    // A bound on memory: larger pictures are not enlarged. Their faces are then found from 80 pixels on.
    private const long MaxEnlargedPixels = 64_000_000;

    private readonly Lock _loading = new();
    private volatile DlibFrontalFaceWeights? _weights;

    /// <inheritdoc/>
    public int? WorkingSide => null;

    /// <inheritdoc/>
    public void Load() => _ = Weights();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var weights = Weights();
        using var candidates = new BestCandidates<DlibCandidate>(MaxCandidates);

        // dlib's pyramid_down<2> moves the picture by 1.25 and 0.75 pixels, which makes these sizes.
        int width = (2 * image.Width) + 2;
        int height = (2 * image.Height) + 1;
        bool enlarge = (long)width * height <= MaxEnlargedPixels;
        var level = enlarge ? DlibResizer.Resize(image, width, height, rounded: false) : image;
        try
        {
            int levels = LevelCount(level.Width, level.Height);
            for (int i = 0; i < levels; i++)
            {
                if (i > 0)
                {
                    var smaller = DlibResizer.Resize(level, level.Width * 5 / 6, level.Height * 5 / 6, rounded: false);
                    Release(level, image);
                    level = smaller;
                }

                using var features = FhogFeatures.Extract(level, Margin, cancellationToken);
                Scan(features, weights, i, candidates, cancellationToken);
            }
        }
        finally
        {
            Release(level, image);
        }

        var faces = DlibCandidate.ToFaces(candidates.Items, overlapThreshold, weights.OfEither);
        return enlarge ? [.. faces.Select(static face => face with { Box = Down(face.Box) })] : faces;
    }

    /// <inheritdoc/>
    /// <remarks>The corners are brought into the picture.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        using var padded = frame.Resize(frame.Width, frame.Height);
        var image = padded ?? frame.Image;
        return
        [
            .. Detect(image, cancellationToken).Select(face =>
            {
                // dlib's right and lower edges belong to the face, and DeepFace takes them for what lies behind it.
                float left = Math.Max(0, face.Box.X);
                float top = Math.Max(0, face.Box.Y);
                return face with { Box = new(left, top, Math.Min(face.Box.Right - 1, image.Width) - left, Math.Min(face.Box.Bottom - 1, image.Height) - top) };
            }),
        ];
    }

    private static void Release(PixelBuffer level, PixelBuffer image)
    {
        if (level != image)
        {
            level.Dispose();
        }
    }

    private static int LevelCount(int width, int height)
    {
        var rectangle = new DlibRectangle(0, 0, width - 1, height - 1);
        int levels = 0;
        do
        {
            rectangle = rectangle.Down();
            levels++;
        }
        while (rectangle.Width >= LeastSide && rectangle.Height >= LeastSide);

        return levels;
    }

    /// <summary>From the enlarged picture to the picture.</summary>
    private static FaceBox Down(FaceBox box) => DlibRectangle.Round(
        (box.X / 2) - 1.25, (box.Y / 2) - 0.75, ((box.Right - 1) / 2) - 1.25, ((box.Bottom - 1) / 2) - 0.75).ToBox();

    private void Scan(FhogFeatures features, DlibFrontalFaceWeights weights, int level, BestCandidates<DlibCandidate> candidates, CancellationToken cancellationToken)
    {
        Span<float> responses = stackalloc float[DlibFrontalFaceWeights.Count];
        for (int y = 0; y < features.Height; y++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int x = 0; x < features.Width; x++)
            {
                Respond(features, x, y, weights.Filters.Span, responses);
                for (int filter = 0; filter < responses.Length; filter++)
                {
                    float score = (float)(responses[filter] - weights.Thresholds[filter]);
                    if (score >= scoreThreshold)
                    {
                        candidates.Add(new(DlibRectangle.Up(Edge(x), Edge(y), Edge(x + FilterCells - 1), Edge(y + FilterCells - 1), level), score));
                    }
                }
            }
        }
    }

    /// <summary>How well each filter fits at a place. Together, because each cell is then loaded once and five sums wait for nothing.</summary>
    private static void Respond(FhogFeatures features, int x, int y, ReadOnlySpan<float> filters, Span<float> responses)
    {
        var (first, second, third, fourth, fifth) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (int row = 0; row < FilterCells; row++)
        {
            var cells = Vectors(features.Row(y + FirstCell + row).Slice((x + FirstCell) * FhogFeatures.Stride, FilterRow));
            var firsts = Vectors(filters.Slice(row * FilterRow, FilterRow))[..cells.Length];
            var seconds = Vectors(filters.Slice(FilterLength + (row * FilterRow), FilterRow))[..cells.Length];
            var thirds = Vectors(filters.Slice((2 * FilterLength) + (row * FilterRow), FilterRow))[..cells.Length];
            var fourths = Vectors(filters.Slice((3 * FilterLength) + (row * FilterRow), FilterRow))[..cells.Length];
            var fifths = Vectors(filters.Slice((4 * FilterLength) + (row * FilterRow), FilterRow))[..cells.Length];
            for (int i = 0; i < cells.Length; i++)
            {
                var cell = cells[i];
                first += cell * firsts[i];
                second += cell * seconds[i];
                third += cell * thirds[i];
                fourth += cell * fourths[i];
                fifth += cell * fifths[i];
            }
        }

        responses[0] = Vector.Sum(first);
        responses[1] = Vector.Sum(second);
        responses[2] = Vector.Sum(third);
        responses[3] = Vector.Sum(fourth);
        responses[4] = Vector.Sum(fifth);
    }

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    /// <summary>The pixel of the level that a cell of the margin stands for.</summary>
    private static double Edge(int cell)
    {
        int pixel = ((cell + FirstCell - Margin + 1) * FhogFeatures.CellSize) + 1; // a cell of features has another one around it
        return pixel >= 0 ? pixel + (FhogFeatures.CellSize / 2) : pixel - (FhogFeatures.CellSize / 2);
    }

    private DlibFrontalFaceWeights Weights()
    {
        if (_weights is { } loaded)
        {
            return loaded;
        }

        lock (_loading)
        {
            string path = locate();
            try
            {
                return _weights ??= DlibFrontalFaceFile.Read(path);
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException)
            {
                throw new FaceAspireException(ErrorCode.InferenceError, "The file of the model 'dlib' cannot be loaded.", exception);
            }
        }
    }
}
