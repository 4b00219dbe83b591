using System.Buffers;
using System.Runtime.Intrinsics;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>Looks for a cascade's object at every place and in every size: OpenCV's <c>detectMultiScale</c> up to the grouping (4.6; sizes from the window's own to the picture's).</summary>
internal static class CascadeScan
{
    /// <summary>From this scale on every window is looked at, below it every second one of every second row.</summary>
    private const float FineScale = 2;

    private const int StripRows = 48; // between two moves of the strip
    private const int MaxSums = 16 * 1024 * 1024; // of a strip that is wider than any photo, so that it becomes lower
    private const int BorderSlack = 8; // columns beyond the picture and the windows that stick out of it, at most
    private const int MaxWindows = 20_000; // no picture of faces comes near; grouping takes the square of it

    /// <summary>Every accepted window: by scale, row and column. The caller's to dispose.</summary>
    /// <param name="cascade">What to look for.</param>
    /// <param name="frame">Where to look.</param>
    /// <param name="scaleFactor">How much larger the windows get from one size to the next, above 1.</param>
    /// <param name="cancellationToken">Stops the scan.</param>
    public static WindowBuffer Run(HaarCascade cascade, LumaFrame frame, double scaleFactor, CancellationToken cancellationToken) =>
        Run(cascade, frame, scaleFactor, Vector256.IsHardwareAccelerated, cancellationToken);

    /// <summary>The same with a choice whether to judge eight windows at once.</summary>
    public static WindowBuffer Run(HaarCascade cascade, LumaFrame frame, double scaleFactor, bool isVectorized, CancellationToken cancellationToken)
    {
        var found = new WindowBuffer();
        try
        {
            if (frame.Width >= cascade.Width && frame.Height >= cascade.Height)
            {
                ScanScales(cascade, frame, scaleFactor, isVectorized, found, cancellationToken);
            }

            return found;
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    private static void ScanScales(HaarCascade cascade, LumaFrame frame, double scaleFactor, bool isVectorized, WindowBuffer found, CancellationToken cancellationToken)
    {
        using var rows = new ScaledRows(frame);
        int width = Math.Min(frame.Width, frame.PictureWidth + (2 * (cascade.Width + BorderSlack)));
        int stripRows = Math.Clamp((MaxSums / width) - cascade.Height, 2, StripRows);
        using var strip = new IntegralStrip(width, Math.Min(frame.Height, cascade.Height + stripRows), cascade.HasTilted);
        using var judge = new CascadeJudge(cascade, strip, isVectorized);
        using var pixels = MemoryPool<byte>.Shared.Rent(frame.Width);
        for (double factor = 1; Math.Round(cascade.Width * factor) <= frame.Width && Math.Round(cascade.Height * factor) <= frame.Height; factor *= scaleFactor)
        {
            ScanScale(cascade, frame, (float)factor, rows, strip, judge, pixels.Memory, found, cancellationToken);
        }
    }

    private static void ScanScale(
        HaarCascade cascade, LumaFrame frame, float scale, ScaledRows rows, IntegralStrip strip, CascadeJudge judge, Memory<byte> pixels, WindowBuffer found, CancellationToken cancellationToken)
    {
        int width = (int)MathF.Round(frame.Width / scale);
        int height = (int)MathF.Round(frame.Height / scale);
        int windowWidth = (int)MathF.Round(cascade.Width * scale);
        int windowHeight = (int)MathF.Round(cascade.Height * scale);
        if (width < cascade.Width || height < cascade.Height || windowWidth > frame.Width || windowHeight > frame.Height)
        {
            return;
        }

        int step = scale >= FineScale ? 1 : 2;
        rows.Begin(width, height);

        // Windows that lie in the border alone have no contrast: neither they nor what surrounds them needs to be looked at.
        var (left, columns) = Range(rows.Columns, cascade.Width, width, step);
        var (top, count) = Range(rows.Rows, cascade.Height, height, step);
        if (columns == 0 || count == 0)
        {
            return;
        }

        int right = left + ((columns - 1) * step) + cascade.Width;
        rows.Choose(left, right);
        strip.Begin(right - left, step);
        judge.Begin();
        int next = top; // the row of the picture that the strip lacks
        int y = 0;      // the window's row in the strip
        CascadeJudge.Accept accept = (index, weight) => found.Add(new(
            new((int)MathF.Round((left + (index * step)) * scale), (int)MathF.Round((next - strip.PictureRows + y) * scale), windowWidth, windowHeight), weight));
        for (int done = 0; done < count && found.Count < MaxWindows;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rowsNow = Math.Min(count - done, ((strip.Capacity - cascade.Height) / step) + 1);
            int needed = ((rowsNow - 1) * step) + cascade.Height;
            while (strip.PictureRows < needed)
            {
                rows.Read(next++, pixels.Span);
                strip.Append(pixels.Span);
            }

            for (int i = 0; i < rowsNow; i++)
            {
                y = i * step;
                judge.JudgeRow(y, columns, accept);
            }

            done += rowsNow;
            if (done < count)
            {
                strip.Drop(Math.Min(rowsNow * step, strip.PictureRows));
            }
        }
    }

    /// <summary>Where windows begin that see any of the pixels between two others: the first, and how many.</summary>
    private static (int First, int Count) Range((int First, int End) seen, int window, int length, int step)
    {
        int first = Math.Max(0, seen.First - window + 1) / step * step;
        int last = Math.Min(length - window, seen.End - 1);
        return (first, last < first ? 0 : ((last - first) / step) + 1);
    }
}
