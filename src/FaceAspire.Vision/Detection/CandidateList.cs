namespace FaceAspire.Vision.Detection;

/// <summary>The candidates of one picture in pooled memory, so that only the faces that stay become objects.</summary>
/// <param name="maxWidth">Widest box that can be a face.</param>
/// <param name="maxHeight">Highest box that can be a face.</param>
internal sealed class CandidateList(float maxWidth, float maxHeight) : IDisposable
{
    // The face of a tight crop is larger than its picture: 1.40 times where three tenths of it are cut off (41 photos, measured 2026-11-24).
    private const float MaxShareOfPicture = 1.5f;

    // The top_k of OpenCV's YuNet and of RetinaFace's PyTorch version.
    private const int MaxCandidates = 5_000;

    private readonly BestCandidates<Candidate> _best = new(MaxCandidates);

    /// <summary>The candidates, in the order in which they came until they are sorted.</summary>
    public ReadOnlySpan<Candidate> Items => _best.Items;

    /// <summary>A list for the boxes that can be faces of a picture: they may be larger than it, but not much.</summary>
    /// <param name="frame">The picture; its border does not count.</param>
    public static CandidateList For(in DetectorFrame frame) => new(frame.Image.Width * MaxShareOfPicture, frame.Image.Height * MaxShareOfPicture);

    /// <summary>Adds a candidate, unless its box is none: a size that came out of an exponential infinite or absurd would ask for absurd memory further on.</summary>
    public void Add(FaceBox box, float confidence, int level, int anchor)
    {
        if (box.Width > 0 && box.Height > 0 && box.Width <= maxWidth && box.Height <= maxHeight && float.IsFinite(box.X) && float.IsFinite(box.Y))
        {
            _best.Add(new(box, confidence, level, anchor));
        }
    }

    /// <summary>Sorts the candidates, best first, and keeps the best.</summary>
    /// <param name="limit">Most that stay.</param>
    public ReadOnlySpan<Candidate> Sort(int limit = MaxCandidates)
    {
        _best.Items.Sort();
        _best.Truncate(Math.Min(_best.Count, limit));
        return _best.Items;
    }

    /// <summary>Greedy non-maximum suppression: the candidates that stay, best first. One goes when its IoU with a better one that stays is above the threshold.</summary>
    /// <param name="overlapThreshold">Largest IoU that two faces may have, 0 to 1.</param>
    /// <param name="pixel">Added to every side: 1 where the reference counts both edges of a box in.</param>
    public ReadOnlySpan<Candidate> Suppress(float overlapThreshold, float pixel = 0)
    {
        Sort();
        var items = _best.Items;
        int kept = 0;
        for (int i = 0; i < items.Length; i++)
        {
            bool stays = true;
            for (int k = 0; k < kept && stays; k++)
            {
                stays = !(Iou(items[k].Box, items[i].Box, pixel) > overlapThreshold);
            }

            if (stays)
            {
                items[kept++] = items[i];
            }
        }

        _best.Truncate(kept);
        return _best.Items;
    }

    /// <inheritdoc/>
    public void Dispose() => _best.Dispose();

    private static float Iou(FaceBox a, FaceBox b, float pixel)
    {
        float width = Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X) + pixel;
        float height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y) + pixel;
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float intersection = width * height;
        return intersection / (((a.Width + pixel) * (a.Height + pixel)) + ((b.Width + pixel) * (b.Height + pixel)) - intersection);
    }
}
