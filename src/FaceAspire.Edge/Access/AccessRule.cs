namespace FaceAspire.Edge.Access;

/// <summary>What a request of one kind needs.</summary>
/// <param name="Methods">The methods, separated by <c>|</c>, or <c>*</c>.</param>
/// <param name="Pattern">The path without trailing slash: <c>*</c> is one segment, <c>/**</c> at the end is whatever follows, nothing included.</param>
/// <param name="Needs">Scope of the key; <see cref="Scopes.None"/> when no key is wanted.</param>
/// <param name="IsLimited">Whether such requests count against the rate limit.</param>
internal sealed record AccessRule(string Methods, string Pattern, Scopes Needs, bool IsLimited = true)
{
    private const string Anything = "*";
    private const string Rest = "/**";

    /// <summary>Whether the rule is about a request.</summary>
    /// <param name="method">Any case: routing takes any.</param>
    /// <param name="path">The path without trailing slash and without empty segments. Any case: routing takes any.</param>
    public bool Matches(ReadOnlySpan<char> method, ReadOnlySpan<char> path) => MatchesMethod(method) && MatchesPath(path);

    private bool MatchesMethod(ReadOnlySpan<char> method)
    {
        if (Methods == Anything)
        {
            return true;
        }

        foreach (var range in Methods.AsSpan().Split('|'))
        {
            if (method.Equals(Methods.AsSpan(range), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesPath(ReadOnlySpan<char> path)
    {
        ReadOnlySpan<char> pattern = Pattern;
        while (!pattern.SequenceEqual(Rest))
        {
            if (pattern.IsEmpty || path.IsEmpty)
            {
                return pattern.IsEmpty && path.IsEmpty;
            }

            var wanted = TakeSegment(ref pattern);
            var segment = TakeSegment(ref path);
            if (!wanted.SequenceEqual(Anything) && !wanted.Equals(segment, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> TakeSegment(ref ReadOnlySpan<char> path)
    {
        var rest = path[1..]; // behind the slash
        int end = rest.IndexOf('/');
        var segment = end < 0 ? rest : rest[..end];
        path = end < 0 ? [] : rest[end..];
        return segment;
    }
}
