namespace FaceAspire.Local.Manifest;

/// <summary>A part of a connection string that is decided when the manifest is published: <c>value.v0</c>.</summary>
public sealed record ValueResource : ManifestResource
{
    /// <summary>What it comes to, with expressions; may be empty.</summary>
    public required string ConnectionString { get; init; }
}
