namespace FaceAspire.Contracts.Requests;

/// <summary>The size that a face is fitted into, with its sides' ratio and black around it.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
public sealed record TargetSize(int Width, int Height)
{
    /// <summary>Largest side.</summary>
    public const int MaxSide = 2_048;
}
