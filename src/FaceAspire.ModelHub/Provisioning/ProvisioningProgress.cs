namespace FaceAspire.ModelHub.Provisioning;

/// <summary>How far a model is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="File">To which file.</param>
/// <param name="Bytes">Bytes of it that are here.</param>
/// <param name="TotalBytes">Bytes that it has; null while that is not known.</param>
/// <param name="BytesPerSecond">How fast they come.</param>
public sealed record ProvisioningProgress(ProvisioningStage Stage, string File, long Bytes, long? TotalBytes, double BytesPerSecond)
{
    /// <summary>Part of the file that is here, 0 to 1; null while its size is not known.</summary>
    public double? Fraction => TotalBytes is > 0 and var total ? Math.Min(1, (double)Bytes / total) : null;
}
