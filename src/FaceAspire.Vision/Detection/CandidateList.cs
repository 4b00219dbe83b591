using System.Buffers;

namespace FaceAspire.Vision.Detection;

/// <summary>The candidates of one picture in pooled memory, so that only the faces that stay become objects.</summary>
/// <param name="maxWidth">Widest box that can be a face.</param>
/// <param name="maxHeight">Highest box that can be a face.</param>
internal sealed class CandidateList(float maxWidth, float maxHeight) : IDisposable
{
    // The face of a tight crop is larger than its picture: 1.40 times where three tenths of it are cut off (41 photos, measured 2026-11-24).
    private const float MaxShareOfPicture = 1.5f;
    private const int FirstCapacity = 64;

    private Candidate[] _items = ArrayPool<Candidate>.Shared.Rent(FirstCapacity);
    private int _count;

    /// <summary>The candidates, in the order in which they came until they are sorted.</summary>
    public ReadOnlySpan<Candidate> Items => _items.AsSpan(0, _count);

    /// <summary>A list for the boxes that can be faces of a picture: they may be larger than it, but not much.</summary>
    /// <param name="frame">The picture; its border does not count.</param>
    public static CandidateList For(in DetectorFrame frame) => new(frame.Image.Width * MaxShareOfPicture, frame.Image.Height * MaxShareOfPicture);

    /// <summary>Adds a candidate, unless its box is none: a size that came out of an exponential infinite or absurd would ask for absurd memory further on.</summary>
    public void Add(FaceBox box, float confidence, int level, int anchor)
    {
        if (box.Width > 0 && box.Height > 0 && box.Width <= maxWidth && box.Height <= maxHeight && float.IsFinite(box.X) && float.IsFinite(box.Y))
        {
            if (_count == _items.Length)
            {
                Grow();
            }

            _items[_count++] = new(box, confidence, level, anchor);
        }
    }

    /// <summary>Sorts the candidates, best first, and keeps the best. Ties fall by position, so that the same picture gives the same faces in the same order everywhere.</summary>
    /// <param name="limit">Most that stay.</param>
    public ReadOnlySpan<Candidate> Sort(int limit)
    {
        _items.AsSpan(0, _count).Sort(static (a, b) =>
        {
            int byConfidence = b.Confidence.CompareTo(a.Confidence);
            int byRow = byConfidence != 0 ? byConfidence : a.Box.Y.CompareTo(b.Box.Y);
            return byRow != 0 ? byRow : a.Box.X.CompareTo(b.Box.X);
        });
        _count = Math.Min(_count, limit);
        return Items;
    }

    /// <summary>Greedy non-maximum suppression: the candidates that stay, best first. One goes when its IoU with a better one that stays is above the threshold.</summary>
    /// <param name="overlapThreshold">Largest IoU that two faces may have, 0 to 1.</param>
    /// <param name="limit">Most candidates that are looked at.</param>
    /// <param name="pixel">Added to every side: 1 where the reference counts both edges of a box in.</param>
    public ReadOnlySpan<Candidate> Suppress(float overlapThreshold, int limit, float pixel = 0)
    {
        Sort(limit);
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            bool stays = true;
            for (int k = 0; k < kept && stays; k++)
            {
                stays = !(Iou(_items[k].Box, _items[i].Box, pixel) > overlapThreshold);
            }

            if (stays)
            {
                _items[kept++] = _items[i];
            }
        }

        _count = kept;
        return Items;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<Candidate>.Shared.Return(_items);
        _items = [];
        _count = 0;
    }

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

    private void Grow()
    {
        var larger = ArrayPool<Candidate>.Shared.Rent(_items.Length * 2);
        _items.CopyTo(larger, 0);
        ArrayPool<Candidate>.Shared.Return(_items);
        _items = larger;
    }
}
