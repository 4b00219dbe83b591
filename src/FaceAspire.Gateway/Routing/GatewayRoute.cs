using FaceAspire.Contracts.Requests;

namespace FaceAspire.Gateway.Routing;

/// <summary>One route of the API, and who answers it.</summary>
/// <param name="Method">The HTTP method, exactly.</param>
/// <param name="Path">The path, exactly but for its <c>{parameters}</c>, which are a segment each: what a service maps besides, such as <c>/internal/…</c>, cannot be reached from outside.</param>
/// <param name="Service">Name of the service.</param>
/// <param name="Images">How many images its body may hold; 0 for a route without one.</param>
/// <param name="IsStream">Whether its body or answer is as long as it comes to be, and takes as long: without a limit of length and without a deadline.</param>
internal sealed record GatewayRoute(string Method, string Path, string Service, int Images, bool IsStream = false)
{
    private const string Galleries = "/api/v1/galleries";
    private const string Gallery = $"{Galleries}/{{gallery}}";
    private const string Subject = $"{Gallery}/subjects/{{subject}}";
    private const string Face = $"{Gallery}/faces/{{face}}";

    /// <summary>The whole API.</summary>
    public static IReadOnlyList<GatewayRoute> All { get; } =
    [
        new(HttpMethods.Post, "/api/v1/verify", ServiceNames.Recognition, 2),
        new(HttpMethods.Post, "/api/v1/represent", ServiceNames.Recognition, 1),
        new(HttpMethods.Post, "/api/v1/embed", ServiceNames.Recognition, 1),
        new(HttpMethods.Post, "/api/v1/find", ServiceNames.Recognition, 1),
        new(HttpMethods.Get, Galleries, ServiceNames.Recognition, 0),
        new(HttpMethods.Get, Gallery, ServiceNames.Recognition, 0),
        new(HttpMethods.Put, Gallery, ServiceNames.Recognition, 0),
        new(HttpMethods.Delete, Gallery, ServiceNames.Recognition, 0),
        new(HttpMethods.Post, $"{Gallery}/search", ServiceNames.Recognition, 1),
        new(HttpMethods.Get, $"{Gallery}/export", ServiceNames.Recognition, 0, IsStream: true),
        new(HttpMethods.Post, $"{Gallery}/import", ServiceNames.Recognition, 0, IsStream: true),
        new(HttpMethods.Delete, $"{Gallery}/spaces/{{space}}", ServiceNames.Recognition, 0),
        new(HttpMethods.Get, $"{Gallery}/subjects", ServiceNames.Recognition, 0),
        new(HttpMethods.Get, Subject, ServiceNames.Recognition, 0),
        new(HttpMethods.Patch, Subject, ServiceNames.Recognition, SubjectChangeRequest.MaxImages),
        new(HttpMethods.Delete, Subject, ServiceNames.Recognition, 0),
        new(HttpMethods.Post, $"{Subject}/verify", ServiceNames.Recognition, 1),
        new(HttpMethods.Get, $"{Subject}/faces", ServiceNames.Recognition, 0),
        new(HttpMethods.Post, $"{Subject}/faces", ServiceNames.Recognition, EnrolRequest.MaxImages),
        new(HttpMethods.Get, Face, ServiceNames.Recognition, 0),
        new(HttpMethods.Delete, Face, ServiceNames.Recognition, 0),
        new(HttpMethods.Get, $"{Face}/thumbnail", ServiceNames.Recognition, 0),
        new(HttpMethods.Get, "/api/v1/models", ServiceNames.Recognition, 0),
        new(HttpMethods.Post, "/api/v1/extract", ServiceNames.Detection, 1),
        new(HttpMethods.Post, "/api/v1/analyze", ServiceNames.Attributes, 1),
    ];

    /// <summary>Unique among the routes.</summary>
    public string Id => $"{Method} {Path}";
}
