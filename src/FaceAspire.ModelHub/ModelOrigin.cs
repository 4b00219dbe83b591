namespace FaceAspire.ModelHub;

/// <summary>Where a file of a model can be fetched, and what has to be done to it.</summary>
/// <param name="Url">The upstream file, by http or https.</param>
/// <param name="File">Its plain name: at a mirror, and in messages.</param>
public sealed record ModelOrigin(Uri Url, string File)
{
    /// <summary>SHA-256 of what is downloaded, 64 lower-case hexadecimal digits; null when it was not published.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Size of what is downloaded; null when it is not known.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>The network to build from the file, one of <see cref="Conversion.ModelConverter.Architectures"/>; null when the file is the model's own already.</summary>
    public string? Architecture { get; init; }

    /// <summary>What the file has to be taken out of.</summary>
    public Unpacking Unpack { get; init; }
}
