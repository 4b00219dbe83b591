namespace FaceAspire.Local.Manifest;

/// <summary>Something that an operator decides: <c>parameter.v0</c>.</summary>
public sealed record ParameterResource : ManifestResource
{
    /// <summary>What it comes to, with expressions, as a rule that of its own input.</summary>
    public required string Value { get; init; }

    /// <summary>What the operator is asked for, by name.</summary>
    public required IReadOnlyDictionary<string, ParameterInput> Inputs { get; init; }
}
