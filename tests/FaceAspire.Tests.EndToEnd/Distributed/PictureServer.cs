using FaceAspire.Tests.EndToEnd.Manifest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>A web server of the drawn faces of <c>samples/</c>, on a port of the loopback address that the system picks.</summary>
public sealed class PictureServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PictureServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<PictureServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/{picture}", static (string picture) => Repository.PathOf("samples", picture) is var path && File.Exists(path)
            ? Results.File(path, "image/jpeg")
            : Results.NotFound());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
