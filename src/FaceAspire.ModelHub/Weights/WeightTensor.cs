namespace FaceAspire.ModelHub.Weights;

/// <summary>A tensor of a weights file: its name and shape are known, its numbers are read when they are asked for, so that a file of 580 MB is never in memory as a whole.</summary>
/// <param name="name">Name in the file, or one that its reader gives, such as <c>conv2d/kernel:0</c>.</param>
/// <param name="shape">Sizes as they are stored, outermost first; empty for a single number.</param>
/// <param name="read">Fills a span of exactly <see cref="Length"/> numbers, outermost dimension first.</param>
public sealed class WeightTensor(string name, IReadOnlyList<int> shape, WeightTensor.Reading read)
{
    /// <summary>Fills a span with all numbers of a tensor.</summary>
    public delegate void Reading(Span<float> destination);

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its sizes, outermost first; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; } = shape;

    /// <summary>How many numbers it has.</summary>
    public int Length { get; } = shape.Aggregate(1, static (product, size) => checked(product * size));

    /// <summary>Fills a span with its numbers.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="InvalidDataException">The file is damaged here.</exception>
    public void Read(Span<float> destination)
    {
        if (destination.Length != Length)
        {
            throw new ArgumentException($"'{Name}' has {Length} numbers, the span takes {destination.Length}.", nameof(destination));
        }

        read(destination);
    }

    /// <summary>All its numbers.</summary>
    /// <exception cref="InvalidDataException">The file is damaged here.</exception>
    public float[] ToArray()
    {
        float[] numbers = new float[Length];
        read(numbers);
        return numbers;
    }

    /// <summary>The tensor itself, when it has the shape that a network needs.</summary>
    /// <exception cref="InvalidDataException">It has another one; says which.</exception>
    public WeightTensor Of(params ReadOnlySpan<int> expected) => Shape.SequenceEqual(expected.ToArray())
        ? this
        : throw new InvalidDataException($"'{Name}' is {Describe(Shape)} where {Describe(expected.ToArray())} is expected.");

    /// <summary>A shape for messages: <c>3×3×64×128</c>.</summary>
    internal static string Describe(IReadOnlyList<int> shape) => shape.Count == 0 ? "one number" : string.Join('×', shape);
}
