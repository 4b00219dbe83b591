namespace FaceAspire.ServiceDefaults.Calls;

/// <summary>What failed calls mean.</summary>
internal static class CallFailures
{
    /// <summary>Whether the call reached nobody, so that nothing of it was done.</summary>
    public static bool NobodyListens(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}
