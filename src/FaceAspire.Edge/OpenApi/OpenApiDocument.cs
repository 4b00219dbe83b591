using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FaceAspire.Edge.OpenApi;

/// <summary>The description of the whole API, kept by hand in <c>v1.json</c> beside this class and held against the running service by tests: requests are read by a reader of
/// our own, so no handler's parameters tell their fields.</summary>
internal sealed class OpenApiDocument(IOptions<EdgeOptions> options)
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/openapi/v1.json";

    private const string ResourceName = "FaceAspire.Edge.OpenApi.v1.json";

    // As it is written in the file; served as application/json with nosniff, never part of a page.
    private static readonly JsonSerializerOptions _writing = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _json = Read(options.Value.PathBase);

    // Weak, because compression changes the bytes.
    private EntityTagHeaderValue Tag => field ??= new($"\"{Convert.ToHexStringLower(SHA256.HashData(_json).AsSpan(0, 12))}\"", isWeak: true);

    /// <summary>The document, or 304 where the client has it.</summary>
    public IResult Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache"; // keep it, but ask
        return TypedResults.Bytes(_json, "application/json; charset=utf-8", entityTag: Tag);
    }

    private static byte[] Read(string pathBase)
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidOperationException($"The assembly lacks {ResourceName}.");
        var document = JsonNode.Parse(stream)!.AsObject();
        document["info"]!["version"] = ServiceVersion.Text;
        document["servers"] = new JsonArray(new JsonObject { ["url"] = pathBase.Length > 0 ? pathBase : "/" });
        return JsonSerializer.SerializeToUtf8Bytes(document, _writing);
    }
}
