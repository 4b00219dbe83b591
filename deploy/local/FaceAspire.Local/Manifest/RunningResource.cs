using System.Collections.Frozen;

namespace FaceAspire.Local.Manifest;

/// <summary>Something that runs, reads variables and listens.</summary>
/// <remarks>What the manifest leaves out is empty. The generated reader sets every property, with null where there is nothing, so an initialiser would not last.</remarks>
public abstract record RunningResource : ManifestResource
{
    /// <summary>Variables of its environment; the values hold expressions.</summary>
    public IReadOnlyDictionary<string, string> Env { get => field ?? FrozenDictionary<string, string>.Empty; init; }

    /// <summary>Where it listens, by the binding's name.</summary>
    public IReadOnlyDictionary<string, ResourceBinding> Bindings { get => field ?? FrozenDictionary<string, ResourceBinding>.Empty; init; }
}
