namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Marks a route whose answer another service makes: that service compresses it where it is worth it, and here it passes byte for byte,
/// so that an answer which breaks off leaves nothing behind in a compressor.</summary>
public sealed class PassedOnAnswer
{
    /// <summary>The mark.</summary>
    public static PassedOnAnswer Mark { get; } = new();

    private PassedOnAnswer()
    {
    }
}
