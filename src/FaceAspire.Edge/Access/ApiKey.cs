namespace FaceAspire.Edge.Access;

/// <summary>A key that the service knows. It has its hash only, never the key.</summary>
/// <param name="name">Who holds it; may stand in traces.</param>
/// <param name="scopes">What it may do.</param>
/// <param name="hash">SHA-256 of the key.</param>
internal sealed class ApiKey(string name, Scopes scopes, byte[] hash)
{
    public string Name { get; } = name;

    public Scopes Scopes { get; } = scopes;

    public ReadOnlySpan<byte> Hash => hash;

    /// <summary>Whether the key has everything that is wanted.</summary>
    public bool Has(Scopes wanted) => (Scopes & wanted) == wanted;
}
