using System.Collections.Frozen;

namespace FaceAspire.Local.Manifest;

/// <summary>Something that runs, reads variables and listens.</summary>
public abstract record RunningResource : ManifestResource
{
    /// <summary>Variables of its environment; the values hold expressions.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Where it listens, by the binding's name.</summary>
    public IReadOnlyDictionary<string, ResourceBinding> Bindings { get; init; } = FrozenDictionary<string, ResourceBinding>.Empty;
}
