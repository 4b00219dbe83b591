using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace FaceAspire.Edge.Access;

/// <summary>The keys of <c>API_KEYS</c>, and which of them a request shows.</summary>
internal sealed class ApiKeyList(IOptions<EdgeOptions> options)
{
    private const int MaxKeys = 1_000;
    private const int MaxNameLength = 64;

    // Longer than any key that a person or a generator makes; what is longer is not even hashed.
    private const int MaxKeyLength = 256;

    private static readonly SearchValues<char> _nameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    private static readonly byte[] _hashOfNothing = SHA256.HashData([]);

    private readonly ApiKey[] _keys = [.. Parse(options.Value.ApiKeys, out _)];

    /// <summary>Whether requests need a key at all.</summary>
    public bool AreNeeded => _keys.Length > 0;

    /// <summary>The key that a client shows, or null. Takes the same time whichever key it is, and whether it is one.</summary>
    public ApiKey? Find(string? shown)
    {
        if (_keys.Length == 0 || shown is not { Length: > 0 and <= MaxKeyLength })
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxKeyLength)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(shown, utf8)], hash);
        ApiKey? found = null;
        foreach (var key in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(key.Hash, hash) ? key : found;
        }

        return found;
    }

    /// <summary>Reads the entries of <c>API_KEYS</c>.</summary>
    /// <param name="entries">One <c>name:scope+scope:hash</c> each.</param>
    /// <param name="failures">What is wrong, one line each, without any text of an entry: it may be a key, or its hash.</param>
    public static IReadOnlyList<ApiKey> Parse(IReadOnlyList<string> entries, out IReadOnlyList<string> failures)
    {
        var keys = new List<ApiKey>();
        var broken = new List<string>();
        if (entries.Count > MaxKeys)
        {
            broken.Add($"at most {MaxKeys} keys are taken");
        }

        for (int i = 0; i < Math.Min(entries.Count, MaxKeys); i++)
        {
            if (Parse(entries[i], out string? failure) is not { } key)
            {
                broken.Add($"entry {i + 1} {failure}");
            }
            else if (keys.Exists(other => other.Name == key.Name))
            {
                broken.Add($"entry {i + 1} has the name of another entry");
            }
            else if (keys.Exists(other => other.Hash.SequenceEqual(key.Hash)))
            {
                broken.Add($"entry {i + 1} has the hash of another entry");
            }
            else
            {
                keys.Add(key);
            }
        }

        failures = broken;
        return keys;
    }

    private static ApiKey? Parse(string entry, out string? failure)
    {
        string[] parts = entry.Split(':', StringSplitOptions.TrimEntries);
        if (parts is not [{ Length: > 0 and <= MaxNameLength } name, var scopeNames, var hex])
        {
            failure = "must be of the form name:scope+scope:sha256-of-the-key-in-hex";
            return null;
        }

        if (name.AsSpan().ContainsAnyExcept(_nameCharacters))
        {
            failure = "must have a name of letters, digits, dots, underscores and hyphens";
            return null;
        }

        if (ParseScopes(scopeNames) is not { } scopes)
        {
            failure = "must have scopes out of read, enrol and admin, joined by +";
            return null;
        }

        byte[] hash = new byte[SHA256.HashSizeInBytes];
        if (hex.Length != 2 * hash.Length || Convert.FromHexString(hex, hash, out _, out _) != OperationStatus.Done)
        {
            failure = "must end with the 64 hex digits of the key's SHA-256";
            return null;
        }

        if (hash.AsSpan().SequenceEqual(_hashOfNothing))
        {
            failure = "has the hash of an empty key; the command that made it was given no key";
            return null;
        }

        failure = null;
        return new(name, scopes, hash);
    }

    private static Scopes? ParseScopes(string names)
    {
        var scopes = Scopes.None;
        foreach (string name in names.Split('+', StringSplitOptions.TrimEntries))
        {
            switch (name.ToUpperInvariant())
            {
                case "READ":
                    scopes |= Scopes.Read;
                    break;
                case "ENROL":
                    scopes |= Scopes.Enrol;
                    break;
                case "ADMIN":
                    scopes |= Scopes.Admin;
                    break;
                default:
                    return null;
            }
        }

        return scopes;
    }
}
