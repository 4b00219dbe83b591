namespace FaceAspire.Contracts.Models;

/// <summary>What a network wants at its input: a float32 tensor N×C×H×W.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Color">Order of the channels.</param>
/// <param name="Mean">Subtracted from the bytes 0..255, one number per channel in the order of <paramref name="Color"/>.</param>
/// <param name="Scale">Multiplied after the subtraction, the same for every channel.</param>
/// <param name="TakesBytes">Whether DeepFace hands the network bytes, as it does with Dlib, whose own code subtracts and scales. What a
/// <see cref="Names.InputNormalization"/> leaves is then made bytes, and <paramref name="Mean"/> and <paramref name="Scale"/> follow.</param>
public sealed record ModelInput(int Width, int Height, ColorOrder Color, IReadOnlyList<float> Mean, float Scale, bool TakesBytes = false)
{
    /// <summary>Whether DeepFace hands the network shares of 0..1 that were never rounded to bytes, as it does with its Keras models. The face is then resized
    /// by whoever runs the network, and <see cref="Mean"/> and <see cref="Scale"/> apply to what a <see cref="Names.InputNormalization"/> leaves: the shares themselves for <c>base</c>.</summary>
    public bool TakesShares { get; init; }

    /// <summary>Of a network that takes shares: side of the square that a face is fitted into before that is resized to the input's size; 0 when it is fitted at once.</summary>
    public int FittedSide { get; init; }

    /// <summary>Whether the model's own preprocessing makes every picture zero mean and unit deviation, after <see cref="Mean"/> and <see cref="Scale"/>.</summary>
    public bool IsStandardized { get; init; }

    /// <summary>Number of channels.</summary>
    public int Channels => Color == ColorOrder.Gray ? 1 : 3;
}
