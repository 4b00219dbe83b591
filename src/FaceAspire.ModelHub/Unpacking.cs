namespace FaceAspire.ModelHub;

/// <summary>What a download has to be taken out of.</summary>
public enum Unpacking
{
    /// <summary>Nothing: it is the file itself.</summary>
    None,

    /// <summary>A zip archive with one file.</summary>
    Zip,

    /// <summary>A bzip2 stream.</summary>
    BZip2,
}
