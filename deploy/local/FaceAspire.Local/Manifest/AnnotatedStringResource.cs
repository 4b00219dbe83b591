namespace FaceAspire.Local.Manifest;

/// <summary>Another value in another writing: <c>annotated.string</c>.</summary>
public sealed record AnnotatedStringResource : ManifestResource
{
    /// <summary>The writing that is known: percent-encoded.</summary>
    public const string UriFilter = "uri";

    /// <summary>The value, with expressions.</summary>
    public required string Value { get; init; }

    /// <summary>The writing: <see cref="UriFilter"/>.</summary>
    public required string Filter { get; init; }
}
