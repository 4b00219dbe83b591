namespace FaceAspire.Local.Manifest;

/// <summary>Another's program in an image: <c>container.v0</c>.</summary>
public sealed record ContainerResource : RunningResource
{
    /// <summary>The image with its registry and tag.</summary>
    public required string Image { get; init; }

    /// <summary>How clients are told of it, with expressions; null for none.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>What starts in it instead of the image's own program.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>Arguments, with expressions.</summary>
    public IReadOnlyList<string> Args { get => field ?? []; init; }

    /// <summary>Where it keeps its data.</summary>
    public IReadOnlyList<ContainerVolume> Volumes { get => field ?? []; init; }
}
