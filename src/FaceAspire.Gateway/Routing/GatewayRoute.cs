namespace FaceAspire.Gateway.Routing;

/// <summary>One route of the API, and who answers it.</summary>
/// <param name="Method">The HTTP method, exactly.</param>
/// <param name="Path">The path, exactly: what a service maps besides, such as <c>/internal/…</c>, cannot be reached from outside.</param>
/// <param name="Service">Name of the service.</param>
/// <param name="Images">How many images its body may hold; 0 for a route without one.</param>
internal sealed record GatewayRoute(string Method, string Path, string Service, int Images)
{
    /// <summary>The whole API.</summary>
    public static IReadOnlyList<GatewayRoute> All { get; } =
    [
        new(HttpMethods.Post, "/api/v1/verify", ServiceNames.Recognition, 2),
        new(HttpMethods.Post, "/api/v1/represent", ServiceNames.Recognition, 1),
        new(HttpMethods.Post, "/api/v1/embed", ServiceNames.Recognition, 1),
        new(HttpMethods.Get, "/api/v1/models", ServiceNames.Recognition, 0),
        new(HttpMethods.Post, "/api/v1/extract", ServiceNames.Detection, 1),
        new(HttpMethods.Post, "/api/v1/analyze", ServiceNames.Attributes, 1),
    ];

    /// <summary>Unique among the routes.</summary>
    public string Id => $"{Method} {Path}";
}
