namespace FaceAspire.Vision.Recognition;

/// <summary>A face as a vector of finite numbers, raw as the network gives it.</summary>
public readonly record struct Embedding
{
    /// <summary>Takes over the numbers.</summary>
    /// <exception cref="ArgumentException">A number is not finite, or there is none.</exception>
    public Embedding(ReadOnlyMemory<float> values)
    {
        if (values.Length == 0)
        {
            throw new ArgumentException("An embedding has at least one number.", nameof(values));
        }

        foreach (float value in values.Span)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("An embedding holds finite numbers only.", nameof(values));
            }
        }

        Values = values;
    }

    /// <summary>The numbers.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>How many numbers there are.</summary>
    public int Dimension => Values.Length;
}
