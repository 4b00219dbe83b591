using System.Globalization;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Which part of a list a request wants: <c>after</c> and <c>limit</c> of its query.</summary>
/// <param name="After">What comes before it; null for the beginning.</param>
/// <param name="Limit">Most entries, 1 to 1,000.</param>
internal sealed record PageQuery(string? After, int Limit)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    /// <summary>Called by minimal APIs for handlers' parameters.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>.</exception>
    public static ValueTask<PageQuery> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        string? after = query["after"].FirstOrDefault();
        int limit = DefaultLimit;
        if (query.TryGetValue("limit", out var sent) && (!int.TryParse(sent.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            throw FaceAspireException.OfField("limit", $"must be a whole number between 1 and {MaxLimit}");
        }

        return new(new PageQuery(after is { Length: > 0 } ? after : null, limit));
    }

    /// <summary><see cref="After"/> as the id of a face.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>.</exception>
    public long AfterFace() => After is null ? 0
        : long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out long face) ? face
        : throw FaceAspireException.OfField("after", "must be the id of a face");
}
