namespace FaceAspire.ModelHub;

/// <summary>A file of a model: a network's weights, or a cascade.</summary>
/// <param name="Name">A plain name without folders.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits; null for a file whose hash nobody published, or that only exists once it was converted.</param>
/// <param name="SizeBytes">Its size; null where the hash is.</param>
/// <param name="Origin">Where it can be fetched; null for a file that comes with the program or that somebody has to bring.</param>
public sealed record ModelFile(string Name, string? Sha256, long? SizeBytes, ModelOrigin? Origin = null)
{
    /// <summary>Tells the file from every other of the catalogue: its hash, else its name.</summary>
    public string Key => Sha256 ?? Name;

    /// <summary>Hash of the weights that the catalogue means, before any of them is here: the file's own, else that of the upstream file; null when neither was published.</summary>
    /// <remarks>That of an archive says nothing of what is read out of it.</remarks>
    public string? KnownSha256 => Sha256 ?? (Origin is { Unpack: Unpacking.None } origin ? origin.Sha256 : null);

    /// <summary>Whether weights other than those of <see cref="Sha256"/> may be in use, with a version of their own: those that the authors' file becomes, whose hash nobody published.</summary>
    public bool TakesUnpublished => Sha256 is not null && Origin is { Architecture: not null, Sha256: null };
}
