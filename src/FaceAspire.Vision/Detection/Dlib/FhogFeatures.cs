using System.Buffers;
using System.Runtime.Intrinsics;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>Felzenszwalb's histograms of oriented gradients (IEEE PAMI 32(9), 2010) as dlib computes them: of every 8×8 pixels 18 directions, 9
/// directions without sign and 4 energies. Owns pooled memory: dispose it.</summary>
internal sealed class FhogFeatures : IDisposable
{
    /// <summary>Pixels across and down a cell.</summary>
    public const int CellSize = 8;

    /// <summary>Numbers from one cell to the next: 31 features and a 0.</summary>
    public const int Stride = 32;

    private const int Directions = 9;
    private const int SignedDirections = 2 * Directions;
    private const int MaxGradient = byte.MaxValue;
    private const int GradientRange = (2 * MaxGradient) + 1;
    private const float LeastEnergy = 0.0001f;
    private const float EnergyScale = 2 * 0.2357f;

    // The direction of every gradient that bytes can have.
    private static readonly byte[] _directions = FindDirections();

    private IMemoryOwner<float>? _owner;

    private FhogFeatures(int width, int height, int margin)
    {
        (Width, Height, Margin) = (Math.Max(0, width), Math.Max(0, height), margin);
        _owner = MemoryPool<float>.Shared.Rent(Math.Max(1, RowLength * (Height + (2 * margin))));
    }

    /// <summary>Cells across, without the margin.</summary>
    public int Width { get; }

    /// <summary>Cells down, without the margin.</summary>
    public int Height { get; }

    /// <summary>Cells of zeros on every side.</summary>
    public int Margin { get; }

    private int RowLength => Stride * (Width + (2 * Margin));

    /// <summary>A row of cells with its margins; the first row of the margin above is 0.</summary>
    public ReadOnlySpan<float> Row(int y) => _owner!.Memory.Span.Slice(y * RowLength, RowLength);

    /// <summary>The features of a picture; without cells when it is too small.</summary>
    /// <param name="image">Only read.</param>
    /// <param name="margin">Cells of zeros around them.</param>
    /// <param name="cancellationToken">Looked at with every row of cells.</param>
    /// <returns>The caller's to dispose.</returns>
    public static FhogFeatures Extract(PixelBuffer image, int margin, CancellationToken cancellationToken)
    {
        int columns = (int)((image.Width / (float)CellSize) + 0.5);
        int rows = (int)((image.Height / (float)CellSize) + 0.5);
        var features = new FhogFeatures(columns - 2, rows - 2, margin);
        try
        {
            if (features.Width > 0 && features.Height > 0)
            {
                features.Fill(image, columns, rows, cancellationToken);
            }

            return features;
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();

    private void Fill(PixelBuffer image, int columns, int rows, CancellationToken cancellationToken)
    {
        // A cell more on every side takes what pixels at the border give to cells outside.
        int rowLength = (columns + 2) * SignedDirections;
        using var histogramMemory = MemoryPool<float>.Shared.Rent(rowLength * (rows + 2));
        var histograms = histogramMemory.Memory.Span[..(rowLength * (rows + 2))];
        histograms.Clear();
        using var energyMemory = MemoryPool<float>.Shared.Rent(columns * rows);
        var energies = energyMemory.Memory.Span[..(columns * rows)];

        int lastRow = Math.Min(rows * CellSize, image.Height) - 1;
        int lastColumn = Math.Min(columns * CellSize, image.Width) - 1;
        for (int y = 1; y < lastRow; y++)
        {
            if (y % CellSize == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            AddRow(image, y, lastColumn, histograms, rowLength);
        }

        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                energies[(y * columns) + x] = Energy(histograms.Slice(((y + 1) * rowLength) + ((x + 1) * SignedDirections), SignedDirections));
            }
        }

        var features = _owner!.Memory.Span[..(RowLength * (Height + (2 * Margin)))];
        features.Clear();
        for (int y = 0; y < Height; y++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int x = 0; x < Width; x++)
            {
                Describe(
                    histograms.Slice(((y + 2) * rowLength) + ((x + 2) * SignedDirections), SignedDirections),
                    Factors(energies, columns, x, y),
                    features.Slice(((y + Margin) * RowLength) + ((x + Margin) * Stride), Stride));
            }
        }
    }

    /// <summary>Gives the gradient of every pixel of a row to the four nearest cells.</summary>
    private static void AddRow(PixelBuffer image, int y, int lastColumn, Span<float> histograms, int rowLength)
    {
        var above = image.Row(y - 1);
        var row = image.Row(y);
        var below = image.Row(y + 1);
        float position = ((y + 0.5f) / CellSize) - 0.5f;
        int cell = (int)MathF.Floor(position);
        float lowerPart = position - cell;
        float upperPart = 1 - lowerPart;
        var upper = histograms.Slice((cell + 1) * rowLength, rowLength);
        var lower = histograms.Slice((cell + 2) * rowLength, rowLength);
        for (int x = 1; x < lastColumn; x++)
        {
            // Of the three colours the one with the strongest gradient; of equal ones the later of blue, green and red.
            int at = x * PixelBuffer.Channels;
            var across = PixelLanes.Load(row, at + PixelBuffer.Channels) - PixelLanes.Load(row, at - PixelBuffer.Channels);
            var down = PixelLanes.Load(below, at) - PixelLanes.Load(above, at);
            var lengths = (across * across) + (down * down);
            int strongest = lengths[2] > lengths[1] ? 2 : 1;
            strongest = lengths[strongest] > lengths[0] ? strongest : 0;

            float length = MathF.Sqrt(lengths[strongest]);
            int direction = _directions[((down[strongest] + MaxGradient) * GradientRange) + across[strongest] + MaxGradient];
            float place = ((x + 0.5f) / CellSize) + 0.5f;
            int column = (int)place;
            float right = (place - column) * length;
            float left = (1 - (place - column)) * length;
            int bin = (column * SignedDirections) + direction;
            upper[bin] += upperPart * left;
            lower[bin] += lowerPart * left;
            upper[bin + SignedDirections] += upperPart * right;
            lower[bin + SignedDirections] += lowerPart * right;
        }
    }

    private static float Energy(ReadOnlySpan<float> histogram)
    {
        float energy = 0;
        for (int i = 0; i < Directions; i++)
        {
            float sum = histogram[i] + histogram[i + Directions];
            energy += sum * sum;
        }

        return energy;
    }

    /// <summary>What a feature is cut off at, for each of the four blocks of 2×2 cells that a cell belongs to.</summary>
    private static Vector128<float> Factors(ReadOnlySpan<float> energies, int columns, int x, int y)
    {
        var above = energies.Slice((y * columns) + x, 3);
        var middle = energies.Slice(((y + 1) * columns) + x, 3);
        var below = energies.Slice(((y + 2) * columns) + x, 3);
        var sum = Vector128.Create(middle[1], above[1], middle[0], above[0])
            + Vector128.Create(middle[2], above[2], middle[1], above[1])
            + Vector128.Create(below[1], middle[1], below[0], middle[0])
            + Vector128.Create(below[2], middle[2], below[1], middle[1]);
        return Vector128.Sqrt(sum + Vector128.Create(LeastEnergy)) * 0.2f;
    }

    private static void Describe(ReadOnlySpan<float> histogram, Vector128<float> limit, Span<float> features)
    {
        var factor = Vector128.Create(0.1f) / limit;
        var texture = Vector128<float>.Zero;
        for (int i = 0; i < SignedDirections; i++)
        {
            var value = Vector128.Min(Vector128.Create(histogram[i]), limit) * factor;
            features[i] = Vector128.Sum(value);
            texture += value;
        }

        for (int i = 0; i < Directions; i++)
        {
            features[SignedDirections + i] = Vector128.Sum(Vector128.Min(Vector128.Create(histogram[i] + histogram[i + Directions]), limit) * factor);
        }

        (texture * EnergyScale).CopyTo(features[(SignedDirections + Directions)..]);
    }

    /// <summary>The nearest of 18 directions, 20° apart; 0 for no gradient.</summary>
    private static byte[] FindDirections()
    {
        ReadOnlySpan<(float X, float Y)> units =
        [
            (1.0000f, 0.0000f), (0.9397f, 0.3420f), (0.7660f, 0.6428f), (0.500f, 0.8660f), (0.1736f, 0.9848f),
            (-0.1736f, 0.9848f), (-0.5000f, 0.8660f), (-0.7660f, 0.6428f), (-0.9397f, 0.3420f),
        ];
        byte[] directions = new byte[GradientRange * GradientRange];
        for (int y = -MaxGradient; y <= MaxGradient; y++)
        {
            for (int x = -MaxGradient; x <= MaxGradient; x++)
            {
                float best = 0;
                byte direction = 0;
                for (int i = 0; i < units.Length; i++)
                {
                    float product = (x * units[i].X) + (y * units[i].Y);
                    if (Math.Abs(product) > best)
                    {
                        best = Math.Abs(product);
                        direction = (byte)(product > 0 ? i : i + Directions);
                    }
                }

                directions[((y + MaxGradient) * GradientRange) + x + MaxGradient] = direction;
            }
        }

        return directions;
    }
}
