namespace FaceAspire.Local.Manifest;

/// <summary>A service of ours: <c>project.v0</c>.</summary>
public sealed record ProjectResource : RunningResource
{
    /// <summary>The project file, relative to the manifest.</summary>
    public required string Path { get; init; }
}
