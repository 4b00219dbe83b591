using System.Buffers;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>Groups of windows that mean the same object: OpenCV's <c>groupRectangles</c> with level weights.</summary>
public static class WindowGrouping
{
    /// <summary>The means of the groups that are large enough, in the order of each group's first window.</summary>
    /// <param name="windows">Windows in the order of the scan; only read.</param>
    /// <param name="minNeighbors">A group needs more windows than this.</param>
    /// <param name="tolerance">How far the edges of neighbours may lie apart, as a part of the smaller one's sides.</param>
    public static List<CascadeWindow> Group(ReadOnlySpan<CascadeWindow> windows, int minNeighbors, double tolerance)
    {
        using var owner = MemoryPool<int>.Shared.Rent(2 * windows.Length);
        var parents = owner.Memory.Span[..windows.Length];
        var counts = owner.Memory.Span.Slice(windows.Length, windows.Length);
        Unite(windows, tolerance, parents);
        counts.Clear();
        for (int i = 0; i < parents.Length; i++)
        {
            counts[Root(parents, i)]++;
        }

        List<CascadeWindow> groups = [];
        for (int i = 0; i < parents.Length; i++)
        {
            ref int count = ref counts[Root(parents, i)];
            if (count > minNeighbors)
            {
                groups.Add(MeanOf(windows, parents, i, count));
            }

            count = 0; // the group is done
        }

        // Too small a group hides no other, so only these matter.
        List<CascadeWindow> kept = [];
        for (int i = 0; i < groups.Count; i++)
        {
            if (!IsPartOfAnother(groups, i, tolerance))
            {
                kept.Add(groups[i]);
            }
        }

        return kept;
    }

    /// <summary>Trees of windows, by the number of each one's parent: neighbours of neighbours belong together.</summary>
    private static void Unite(ReadOnlySpan<CascadeWindow> windows, double tolerance, Span<int> parents)
    {
        for (int i = 0; i < parents.Length; i++)
        {
            parents[i] = i;
            for (int j = 0; j < i; j++)
            {
                if (AreNeighbors(windows[i].Box, windows[j].Box, tolerance))
                {
                    parents[Root(parents, i)] = Root(parents, j);
                }
            }
        }
    }

    private static int Root(Span<int> parents, int item)
    {
        while (parents[item] != item)
        {
            item = parents[item] = parents[parents[item]];
        }

        return item;
    }

    private static bool AreNeighbors(in PixelBox a, in PixelBox b, double tolerance)
    {
        double delta = tolerance * (Math.Min(a.Width, b.Width) + Math.Min(a.Height, b.Height)) * 0.5;
        return Math.Abs(a.X - b.X) <= delta
            && Math.Abs(a.Y - b.Y) <= delta
            && Math.Abs(a.X + a.Width - b.X - b.Width) <= delta
            && Math.Abs(a.Y + a.Height - b.Y - b.Height) <= delta;
    }

    /// <summary>The mean of a window's group, with the largest weight in it.</summary>
    private static CascadeWindow MeanOf(ReadOnlySpan<CascadeWindow> windows, Span<int> parents, int member, int count)
    {
        int root = Root(parents, member);
        long x = 0, y = 0, width = 0, height = 0;
        double weight = double.MinValue;
        for (int i = member; i < windows.Length; i++)
        {
            if (Root(parents, i) == root)
            {
                var box = windows[i].Box;
                (x, y, width, height) = (x + box.X, y + box.Y, width + box.Width, height + box.Height);
                weight = Math.Max(weight, windows[i].Weight);
            }
        }

        float part = 1f / count;
        return new(new(Mean(x, part), Mean(y, part), Mean(width, part), Mean(height, part)), weight, count);
    }

    private static int Mean(long sum, float part) => (int)MathF.Round(sum * part);

    /// <summary>Whether the group lies in a larger one: eyes and mouths that look like a small face inside of the face.</summary>
    private static bool IsPartOfAnother(List<CascadeWindow> groups, int index, double tolerance)
    {
        var (inner, _, count) = groups[index];
        for (int i = 0; i < groups.Count; i++)
        {
            var (outer, _, outerCount) = groups[i];
            int dx = (int)Math.Round(outer.Width * tolerance);
            int dy = (int)Math.Round(outer.Height * tolerance);
            if (i != index
                && (outerCount > Math.Max(3, count) || count < 3)
                && inner.X >= outer.X - dx
                && inner.Y >= outer.Y - dy
                && inner.X + inner.Width <= outer.X + outer.Width + dx
                && inner.Y + inner.Height <= outer.Y + outer.Height + dy)
            {
                return true;
            }
        }

        return false;
    }
}
