using System.Buffers;
using System.Numerics;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>MTCNN (Zhang et al., IEEE Signal Processing Letters 2016): a network of a few layers looks everywhere in every size, a second and a third
/// look again at what the one before left over. What its implementations do in different ways is the heirs' to tell.</summary>
/// <param name="proposals">Sessions of P-Net: any size; reg and prob, a cell for every second pixel.</param>
/// <param name="refinement">Sessions of R-Net: 24×24; reg and prob.</param>
/// <param name="output">Sessions of O-Net: 48×48; reg, landmarks and prob.</param>
/// <param name="scoreThreshold">Lowest score of the last network that counts as a face.</param>
/// <param name="overlapThreshold">Largest part of the smaller of two faces that they share.</param>
public abstract class MtcnnCascade(
    InferenceSessionPool proposals, InferenceSessionPool refinement, InferenceSessionPool output, float scoreThreshold, float overlapThreshold) : IFaceDetector
{
    /// <summary>Subtracted from the bytes.</summary>
    protected const float Mean = 127.5f;

    /// <summary>Multiplied after it.</summary>
    protected const float Scale = 1 / 128f;

    /// <summary>The side of P-Net's field of view, pixels.</summary>
    protected const int Cell = 12;

    /// <summary>The side of the smallest face, pixels.</summary>
    protected const double SmallestFace = 20;

    /// <summary>From one size of the picture to the next.</summary>
    protected const double Factor = 0.709;

    private const int Stride = 2;
    private const float ProposalScore = 0.6f;
    private const float RefinementScore = 0.7f;
    private const float OverlapInLevel = 0.5f;
    private const float Overlap = 0.7f;
    private const int RefinementSide = 24;
    private const int OutputSide = 48;
    private const int Points = 5;

    // Bounds. A picture is looked at in tiles, whose seams nobody sees: every cell sees the same pixels as without.
    private const int TileCells = 500;
    private const int MaxProposals = 5_000;
    private const int RefinementBatch = 128;
    private const int OutputBatch = 32;

    /// <inheritdoc/>
    public int? WorkingSide => null;

    /// <inheritdoc/>
    public void Load()
    {
        proposals.Load();
        refinement.Load();
        output.Load();
    }

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var candidates = new BestCandidates<CascadeBox>(MaxProposals);
        Propose(image, candidates, cancellationToken);
        Refine(image, candidates, cancellationToken);
        return Finish(image, candidates, cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken)
    {
        using var padded = frame.Resize(frame.Width, frame.Height);
        var image = padded ?? frame.Image;
        var faces = Detect(image, cancellationToken);
        return [.. faces.Select(face => Report(face, image.Width, image.Height))];
    }

    /// <summary>How candidates give way to better ones, in the first two stages and in the last.</summary>
    private protected abstract (CascadeSuppression ByUnion, CascadeSuppression BySmaller) Suppressions { get; }

    /// <summary>How the picture is brought to its sizes.</summary>
    private protected abstract AreaPooling Pooling { get; }

    /// <summary>How many sizes a picture is looked at in.</summary>
    private protected abstract int LevelCount(int shorterSide);

    /// <summary>A side of the picture in a size.</summary>
    private protected abstract int LevelSide(int side, double scale);

    /// <summary>The box of a cell.</summary>
    /// <param name="start">Its upper left corner in the picture as P-Net saw it.</param>
    /// <param name="offsets">P-Net's offsets.</param>
    /// <param name="scale">From the picture to what P-Net saw.</param>
    private protected abstract CascadeBox Proposal(Vector2 start, Vector4 offsets, float scale);

    /// <summary>What P-Net's boxes become when those that overlap are gone.</summary>
    private protected abstract CascadeBox Settle(CascadeBox proposal);

    /// <summary>Whether R-Net's boxes are moved before those that overlap go, or after.</summary>
    private protected abstract bool MovesFirst { get; }

    /// <summary>Cuts what a network is to look at.</summary>
    /// <returns>Whether there is anything of it in the picture.</returns>
    private protected abstract bool Cut(PixelBuffer image, Vector4 corners, int side, Span<float> tensor);

    /// <summary>The faces in the order in which this implementation gives them, best first until now.</summary>
    private protected virtual void Order(List<DetectedFace> faces)
    {
    }

    /// <summary>A face as DeepFace reports it, in a picture of the given size.</summary>
    private protected abstract DetectedFace Report(DetectedFace face, int width, int height);

    private void Propose(PixelBuffer image, BestCandidates<CascadeBox> candidates, CancellationToken cancellationToken)
    {
        int levels = LevelCount(Math.Min(image.Width, image.Height));
        double scale = Cell / SmallestFace;
        for (int level = 0; level < levels; level++, scale *= Factor)
        {
            ProposeLevel(image, scale, candidates, cancellationToken);
        }

        candidates.Truncate(Math.Min(Suppressions.ByUnion.Suppress(candidates.Items, Overlap), MaxProposals));
        foreach (ref var box in candidates.Items)
        {
            box = Settle(box).ToSquare();
        }
    }

    private void ProposeLevel(PixelBuffer image, double scale, BestCandidates<CascadeBox> candidates, CancellationToken cancellationToken)
    {
        int width = LevelSide(image.Width, scale);
        int height = LevelSide(image.Height, scale);
        int columns = CellCount(width);
        int rows = CellCount(height);
        using var found = new BestCandidates<CascadeBox>(MaxProposals);
        using var memory = MemoryPool<float>.Shared.Rent(PixelBuffer.Channels * TileSide(width) * TileSide(height));
        for (int row = 0; row < rows; row += TileCells)
        {
            for (int column = 0; column < columns; column += TileCells)
            {
                var tile = new PixelBox(column * Stride, row * Stride, TileLength(column, columns, width), TileLength(row, rows, height));
                var tensor = memory.Memory[..(PixelBuffer.Channels * tile.Width * tile.Height)];
                Pooling.Pool(image, new(0, 0, image.Width, image.Height), width, height, tile, tensor.Span);
                proposals.Run(
                    tensor,
                    [1, PixelBuffer.Channels, tile.Height, tile.Width],
                    outputs => Read(outputs, tile, (float)scale, found),
                    cancellationToken);
            }
        }

        found.Truncate(Suppressions.ByUnion.Suppress(found.Items, OverlapInLevel));
        foreach (ref readonly var box in found.Items)
        {
            candidates.Add(box with { Index = candidates.Count });
        }
    }

    /// <summary>P-Net's cells along a side of a picture: 3×3, 2×2 with what hangs over the edge, 3×3, 3×3.</summary>
    internal static int CellCount(int side) => Math.Max(0, ((side - 1) / Stride) - 4);

    private static int TileSide(int side) => Math.Min(side, (TileCells * Stride) + Cell);

    /// <summary>Pixels that the cells from <paramref name="first"/> on see; the last tile has those too that no whole cell sees.</summary>
    private static int TileLength(int first, int cells, int side) => first + TileCells >= cells ? side - (first * Stride) : ((TileCells - 1) * Stride) + Cell;

    private int Read(InferenceOutputs outputs, PixelBox tile, float scale, BestCandidates<CascadeBox> found)
    {
        int columns = CellCount(tile.Width);
        int cells = columns * CellCount(tile.Height);
        var scores = outputs["prob"].Slice(cells, cells);
        var offsets = outputs["reg"];
        for (int cell = 0; cell < cells; cell++)
        {
            if (scores[cell] > ProposalScore)
            {
                var start = new Vector2((cell % columns * Stride) + tile.X, (cell / columns * Stride) + tile.Y);
                var offset = new Vector4(offsets[cell], offsets[cells + cell], offsets[(2 * cells) + cell], offsets[(3 * cells) + cell]);
                found.Add(Proposal(start, offset, scale) with { Score = scores[cell], Index = found.Count });
            }
        }

        return found.Count;
    }

    private void Refine(PixelBuffer image, BestCandidates<CascadeBox> candidates, CancellationToken cancellationToken)
    {
        Run(image, candidates, refinement, RefinementSide, RefinementBatch, RefinementScore, landmarks: null, cancellationToken);
        if (MovesFirst)
        {
            Move(candidates);
        }

        candidates.Truncate(Suppressions.ByUnion.Suppress(candidates.Items, Overlap));
        if (!MovesFirst)
        {
            Move(candidates);
        }

        foreach (ref var box in candidates.Items)
        {
            box = box.ToSquare();
        }
    }

    private List<DetectedFace> Finish(PixelBuffer image, BestCandidates<CascadeBox> candidates, CancellationToken cancellationToken)
    {
        using var landmarks = MemoryPool<Vector2>.Shared.Rent(Math.Max(1, candidates.Count * Points));
        Run(image, candidates, output, OutputSide, OutputBatch, scoreThreshold, landmarks.Memory, cancellationToken);
        Move(candidates);
        candidates.Truncate(Suppressions.BySmaller.Suppress(candidates.Items, overlapThreshold));
        List<DetectedFace> faces = new(candidates.Count);
        foreach (ref readonly var box in candidates.Items)
        {
            var sides = CascadeBox.Sides(box.Corners);
            if (sides.X > 0 && sides.Y > 0)
            {
                faces.Add(new(new(box.Corners.X, box.Corners.Y, sides.X, sides.Y), landmarks.Memory.Span.Slice(box.Index * Points, Points).ToArray(), box.Score));
            }
        }

        Order(faces);
        return faces;
    }

    private static void Move(BestCandidates<CascadeBox> candidates)
    {
        foreach (ref var box in candidates.Items)
        {
            box = box.Moved(border: 1);
        }
    }

    /// <summary>Shows the candidates to a network and keeps those that it takes for faces, with its score, offsets and landmarks.</summary>
    private void Run(
        PixelBuffer image, BestCandidates<CascadeBox> candidates, InferenceSessionPool network, int side, int batchSize, float threshold, Memory<Vector2>? landmarks, CancellationToken cancellationToken)
    {
        int length = PixelBuffer.Channels * side * side;
        using var memory = MemoryPool<float>.Shared.Rent(length * Math.Min(batchSize, Math.Max(1, candidates.Count)));
        int kept = 0;
        int next = 0;
        while (next < candidates.Count)
        {
            // What lies outside is passed over; what is shown moves to the batch's place in the list.
            int batch = 0;
            int first = kept;
            for (; next < candidates.Count && batch < batchSize; next++)
            {
                var box = candidates.Items[next];
                if (Cut(image, box.Corners, side, memory.Memory.Span.Slice(batch * length, length)))
                {
                    candidates.Items[first + batch++] = box;
                }
            }

            if (batch > 0)
            {
                kept += network.Run(
                    memory.Memory[..(batch * length)],
                    [batch, PixelBuffer.Channels, side, side],
                    outputs => Keep(outputs, candidates.Items, first, batch, threshold, landmarks),
                    cancellationToken);
            }
        }

        candidates.Truncate(kept);
    }

    private static int Keep(InferenceOutputs outputs, Span<CascadeBox> boxes, int first, int batch, float threshold, Memory<Vector2>? landmarks)
    {
        var scores = outputs["prob"];
        var offsets = outputs["reg"];
        int kept = first;
        for (int i = 0; i < batch; i++)
        {
            float score = scores[(2 * i) + 1];
            if (score > threshold)
            {
                var corners = boxes[first + i].Corners;
                if (landmarks is { } memory)
                {
                    Place(outputs["landmarks"].Slice(i * 2 * Points, 2 * Points), corners, memory.Span.Slice(kept * Points, Points));
                }

                boxes[kept] = new(corners, new(offsets.Slice(4 * i, 4)), score, kept);
                kept++;
            }
        }

        return kept - first;
    }

    /// <summary>Five x and five y in parts of the box, to points of the picture.</summary>
    private static void Place(ReadOnlySpan<float> parts, Vector4 corners, Span<Vector2> points)
    {
        var sides = CascadeBox.Sides(corners) + Vector4.One;
        for (int i = 0; i < Points; i++)
        {
            points[i] = new((sides.X * parts[i]) + corners.X - 1, (sides.Y * parts[Points + i]) + corners.Y - 1);
        }
    }
}
