using System.Collections.Frozen;

namespace FaceAspire.Local;

/// <summary>How a <see cref="DistributedSet"/> is started.</summary>
public sealed record DistributedSetOptions
{
    private static readonly FrozenSet<string> _system = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "PATH", "HOME", "USER", "LANG", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SYSTEMROOT", "LD_LIBRARY_PATH");

    /// <summary>The assembly that <c>dotnet</c> starts for a project, from the path of its project file.</summary>
    public required Func<string, string> Assembly { get; init; }

    /// <summary>Ports of services by name; the system picks those of the others.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = FrozenDictionary<string, int>.Empty;

    /// <summary>How many processes a service has; one where nothing is said.</summary>
    public IReadOnlyDictionary<string, int> Replicas { get; init; } = FrozenDictionary<string, int>.Empty;

    /// <summary>Values of the manifest's parameters. One that has no default and no value here is empty, as it is when Aspire runs the AppHost.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Variables of services, by the name of the resource or of one replica, added to those of the manifest or put in their place; a null value removes one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Variables { get; init; } = FrozenDictionary<string, IReadOnlyDictionary<string, string?>>.Empty;

    /// <summary>Which variables of this process the services see besides: by default those of the system and of .NET, none that is a setting of ours.</summary>
    public Func<string, bool> Inherits { get; init; } = static name => _system.Contains(name) || name.StartsWith("DOTNET_", StringComparison.OrdinalIgnoreCase);

    /// <summary>Working directory of the services, where they look for <c>.env</c> and from where relative folders count; null for an empty one of their own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Services that do not start with the set, but when <see cref="ServiceReplica.Start"/> is called.</summary>
    public IReadOnlyCollection<string> Held { get; init; } = [];

    /// <summary>Is told every line that a service writes, after the service's name, on any thread.</summary>
    public Action<string, string>? Output { get; init; }
}
