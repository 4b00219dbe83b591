namespace FaceAspire.Contracts.Models;

/// <summary>What a network wants at its input: a float32 tensor N×C×H×W.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Color">Order of the channels.</param>
/// <param name="Mean">Subtracted from the bytes 0..255, one number per channel in the order of <paramref name="Color"/>.</param>
/// <param name="Scale">Multiplied after the subtraction, the same for every channel.</param>
public sealed record ModelInput(int Width, int Height, ColorOrder Color, IReadOnlyList<float> Mean, float Scale)
{
    /// <summary>Number of channels.</summary>
    public int Channels => Color == ColorOrder.Gray ? 1 : 3;
}
