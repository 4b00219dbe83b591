using FaceAspire.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Standalone.Tests;

/// <summary>A web server of photos, and of one picture that never ends, on a port that the system picks.</summary>
internal sealed class ImageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ImageServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Ends when somebody fetching the endless picture has gone.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody has begun to fetch the endless picture or a slow one.</summary>
    public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ImageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ImageServer(app);
        app.MapGet("/endless", server.DripAsync);
        app.MapGet("/slow/{seconds:int}/{photo}", async (int seconds, string photo, CancellationToken cancellationToken) =>
        {
            server.Came.TrySetResult();
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
            return Results.File(SharedMaterial.Photo(photo), "image/jpeg");
        });
        app.MapGet("/{photo}", static (string photo) => Results.File(SharedMaterial.Photo(photo), "image/jpeg"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task DripAsync(HttpContext context)
    {
        Came.TrySetResult();
        try
        {
            for (int i = 0; i < 600; i++)
            {
                await context.Response.Body.WriteAsync("\xFF"u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(100, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            Left.TrySetResult();
        }
    }
}
