using System.Buffers;
using System.Numerics;
using FaceAspire.Vision.Detection.Dlib;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>dlib's CNN face detector (max-margin object detection, D. King 2015): one network over a pyramid of the picture, boxes without landmarks.</summary>
/// <param name="sessions">Session of the network: RGB of any size, a map of scores with a cell for every 8 pixels.</param>
/// <param name="scoreThreshold">Lowest score of a face; dlib's is 0.</param>
/// <param name="overlapThreshold">Largest part that two faces may share of the smallest rectangle around both.</param>
/// <remarks>The pyramid lies on one sheet, as dlib's does, where each level's border sees its neighbours. The sheet is looked at in tiles, whose seams nobody
/// sees, so that memory stays bounded; its levels are bytes, dlib's are not rounded.</remarks>
public sealed class MmodDetector(InferenceSessionPool sessions, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    private const double HalfWindow = (80 - 1) / 2.0; // a face has 80 pixels on the level where it is found
    private const int Stride = 8;       // three convolutions of 5×5 with stride 2, without padding
    private const int Reach = 29;       // pixels that a cell of these sees
    private const int FirstCentre = 14; // the middle of that
    private const int MapReach = 10;    // cells that the layers after them see on each side: 2 + 2 + 2 + 4
    private const int TileCells = 100;
    private const int MaxCandidates = 5_000;
    private const float Scale = 1 / 256f;

    // What dlib subtracts: the mean of ImageNet.
    private static readonly Vector3 _mean = new(122.782f, 117.001f, 104.298f);

    /// <inheritdoc/>
    public int? WorkingSide => null;

    /// <inheritdoc/>
    public void Load() => sessions.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var candidates = new BestCandidates<DlibCandidate>(MaxCandidates);
        var sheet = MmodSheet.Of(image.Width, image.Height);
        PixelBuffer[] levels = new PixelBuffer[sheet.Levels.Count];
        levels[0] = image;
        try
        {
            for (int i = 1; i < levels.Length; i++)
            {
                levels[i] = DlibResizer.Resize(levels[i - 1], sheet.Levels[i].Width, sheet.Levels[i].Height, rounded: true);
            }

            Scan(sheet, levels, candidates, cancellationToken);
        }
        finally
        {
            foreach (var level in levels.AsSpan(1))
            {
                level?.Dispose();
            }
        }

        return DlibCandidate.ToFaces(candidates.Items, overlapThreshold, ofEither: 1);
    }

    /// <inheritdoc/>
    /// <remarks>Its boxes are whole pixels already.</remarks>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        using var padded = frame.Resize(frame.Width, frame.Height);
        return Detect(padded ?? frame.Image, cancellationToken);
    }

    /// <summary>Cells along a side of the sheet.</summary>
    internal static int CellCount(int side) => side < Reach ? 0 : ((side - Reach) / Stride) + 1;

    private void Scan(MmodSheet sheet, ReadOnlySpan<PixelBuffer> levels, BestCandidates<DlibCandidate> candidates, CancellationToken cancellationToken)
    {
        int columns = CellCount(sheet.Width);
        int rows = CellCount(sheet.Height);
        int side = ((TileCells + (2 * MapReach) - 1) * Stride) + Reach;
        using var memory = MemoryPool<float>.Shared.Rent(
            PixelBuffer.Channels * Math.Min(side, (columns * Stride) + Reach) * Math.Min(side, (rows * Stride) + Reach));
        for (int row = 0; row < rows; row += TileCells)
        {
            for (int column = 0; column < columns; column += TileCells)
            {
                // With the cells around it that its own cells see.
                int left = Math.Max(0, column - MapReach);
                int top = Math.Max(0, row - MapReach);
                int right = Math.Min(columns, column + TileCells + MapReach);
                int bottom = Math.Min(rows, row + TileCells + MapReach);
                int width = ((right - left - 1) * Stride) + Reach;
                int height = ((bottom - top - 1) * Stride) + Reach;
                var tensor = memory.Memory[..(PixelBuffer.Channels * width * height)];
                tensor.Span.Clear();
                for (int i = 0; i < levels.Length; i++)
                {
                    Pack(levels[i], sheet.Levels[i].X - (left * Stride), sheet.Levels[i].Y - (top * Stride), width, height, tensor.Span);
                }

                var own = new PixelBox(column - left, row - top, Math.Min(TileCells, columns - column), Math.Min(TileCells, rows - row));
                sessions.Run(
                    tensor,
                    [1, PixelBuffer.Channels, height, width],
                    outputs => Read(outputs[0], right - left, own, left, top, sheet, candidates),
                    cancellationToken);
            }
        }
    }

    /// <summary>Puts a level into three planes of the given size, as far as it lies in them.</summary>
    private static void Pack(PixelBuffer level, int x, int y, int width, int height, Span<float> tensor)
    {
        int plane = width * height;
        int left = Math.Max(0, x);
        int right = Math.Min(width, x + level.Width);
        for (int row = Math.Max(0, y); row < Math.Min(height, y + level.Height) && left < right; row++)
        {
            int start = (row * width) + left;
            int length = right - left;
            TensorPacker.PackRow(
                level.Row(row - y).Slice((left - x) * PixelBuffer.Channels, length * PixelBuffer.Channels),
                _mean,
                Scale,
                tensor.Slice(start, length),
                tensor.Slice(plane + start, length),
                tensor.Slice((2 * plane) + start, length));
        }
    }

    private int Read(ReadOnlySpan<float> scores, int columns, PixelBox own, int left, int top, MmodSheet sheet, BestCandidates<DlibCandidate> candidates)
    {
        for (int row = own.Y; row < own.Y + own.Height; row++)
        {
            for (int column = own.X; column < own.X + own.Width; column++)
            {
                float score = scores[(row * columns) + column];
                if (score > scoreThreshold)
                {
                    double x = ((left + column) * Stride) + FirstCentre;
                    double y = ((top + row) * Stride) + FirstCentre;
                    int level = sheet.Nearest(x, y);
                    x -= sheet.Levels[level].X;
                    y -= sheet.Levels[level].Y;
                    candidates.Add(new(DlibRectangle.Up(x - HalfWindow, y - HalfWindow, x + HalfWindow, y + HalfWindow, level), score));
                }
            }
        }

        return candidates.Count;
    }
}
